using System.Text;
using Labeler.Shared.Photos;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Photos;

[Collection(Databases.Collection)]
public sealed class Names_in_zips_are_read(Databases databases)
{
    private static Encoding Page(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number)!;

    [Fact]
    public Task Names_without_a_mark_are_of_the_zip_standard_s_code_page() =>
        Arrive(Page(437), ZipNames.Standard, "Blatt__ä_.jpg", "Blatt__ö_.jpg", "Blatt__ü_.jpg");

    [Fact]
    public Task Names_without_a_mark_that_are_utf_8_are_read_so() =>
        Arrive(Encoding.UTF8, 932, "Spiegel äöü.jpg", "鏡.jpg", "зеркало.jpg");

    [Fact]
    public Task Names_with_the_mark_are_utf_8() => Arrive(null, 932, "Spiegel äöü.jpg", "鏡.jpg");

    [Theory]
    [InlineData(932, "鏡の前.jpg", "窓の前.jpg", "表示/ソ.jpg")]
    [InlineData(936, "镜子.jpg", "窗户.jpg")]
    [InlineData(1251, "зеркало.jpg", "окно.jpg")]
    [InlineData(866, "зеркало.jpg", "окно.jpg")]
    [InlineData(1252, "Fenêtre – ouverte.jpg", "Château.jpg")]
    public Task Names_are_read_in_the_code_page_that_is_chosen(int page, params string[] names) => Arrive(Page(page), page, names);

    [Fact]
    public async Task Different_names_stay_different_whatever_code_page_they_are_read_in()
    {
        string[] names = ["鏡の前.jpg", "窓の前.jpg", "庭の鏡.jpg", "部屋鏡.jpg"];
        foreach (var (page, _) in ZipNames.CodePages)
        {
            await using var world = await databases.World(Databases.Sqlite);
            var scene = await PhotoScene.In(world);
            await scene.Run(scene.Zip(Page(932), [.. names.Select((name, n) => (name, PhotoScene.Jpeg(n)))]) with { CodePage = page });
            Assert.Equal(names.Length, (await world.Open().Photos.Select(p => p.Name).ToListAsync()).Distinct().Count());
        }
    }

    [Fact]
    public void A_code_page_that_is_none_of_the_list_is_refused() => Assert.Throws<LabelerException>(() => ZipNames.Checked(65001));

    [Fact]
    public async Task A_backslash_separates_and_a_colon_is_part_of_a_name_but_no_name_leads_outside()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip(
            (@"set\image\1.jpg", PhotoScene.Jpeg(1)), (@"set\mask\1.png", PhotoScene.Png(2)), ("12:30.jpg", PhotoScene.Jpeg(3)), ("a..b.jpg", PhotoScene.Jpeg(4)), (@"empty\", []),
            (@"..\up.jpg", PhotoScene.Jpeg(5)), (@"a\..\..\up.jpg", PhotoScene.Jpeg(6)), (@"\\server\share.jpg", PhotoScene.Jpeg(7)), (@"c:\drive.jpg", PhotoScene.Jpeg(8)), ("line\nbreak.jpg", PhotoScene.Jpeg(9))));
        Assert.Equal(["12:30.jpg", "a..b.jpg", "line\uFFFDbreak.jpg", "set/image/1.jpg"], (await world.Open().Photos.Select(p => p.Name).ToListAsync()).Order(StringComparer.Ordinal));
        var skipped = await scene.Skipped();
        Assert.Equal("a mask beside the pictures in set/image", skipped["set/mask/1.png"]);
        foreach (var name in new[] { "../up.jpg", "a/../../up.jpg", "//server/share.jpg", "c:/drive.jpg" })
        {
            Assert.Contains("outside of the zip", skipped[name], StringComparison.Ordinal);
        }
        Assert.Equal(5, skipped.Count);
    }

    [Fact]
    public async Task Formats_are_decoded_or_counted_as_refused_with_what_to_do()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        byte[] bitmap = [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, .. new byte[60]];
        await scene.Run(scene.Zip(
            ("a.tif", TaggedPicture.Of("tif", 1)), ("b.TIFF", TaggedPicture.Of("tif", 2)), ("c.avif", TaggedPicture.Of("avif", 3)), ("d.heic", Imaging.Pictures.FromElsewhere("hevc.heic")),
            ("e.bmp", bitmap), ("f.dng", TaggedPicture.Of("tif", 4)), ("g.jpg", bitmap), ("h.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray()), ("i.jxl", [0xFF, 0x0A, 1, 2, 3]),
            ("k.jpg", [.. Imaging.Pictures.FromElsewhere("hevc.heic"), 0]), ("notes.txt", "BMP is no word"u8.ToArray())));
        Assert.Equal([("a.tif", 32, 64), ("b.TIFF", 32, 64), ("c.avif", 32, 64)], (await world.Open().Photos.OrderBy(p => p.Name).Include(p => p.Image).ToListAsync()).Select(p => (p.Name, p.Image!.Width, p.Image.Height)));
        var skipped = await scene.Skipped();
        Assert.Equal(
            ["d.heic: this HEIC cannot be read here; save it as JPEG", "e.bmp: BMP is not read here; save it as JPEG", "f.dng: a camera's raw file is not read here; save it as JPEG",
             "g.jpg: BMP is not read here; save it as JPEG", "h.svg: SVG is not read here; save it as JPEG", "i.jxl: JPEG XL is not read here; save it as JPEG", "k.jpg: this HEIC cannot be read here; save it as JPEG", "notes.txt: no picture"],
            skipped.Select(one => $"{one.Key}: {(one.Value.Contains("JPEG: ", StringComparison.Ordinal) ? one.Value[..one.Value.IndexOf(": ", StringComparison.Ordinal)] : one.Value)}").Order(StringComparer.Ordinal));
        var report = Assert.Single(await ImportReport.Read(world.Open(), scene.Project.Id));
        Assert.Equal((3, 7, 1), (report.Photos, report.Refused, report.NotToLabel));
    }

    private async Task Arrive(Encoding? written, int read, params string[] names)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip(written, [.. names.Select((name, n) => (name, PhotoScene.Jpeg(n)))]) with { CodePage = read });
        Assert.Equal(names.Order(StringComparer.Ordinal), (await world.Open().Photos.Select(p => p.Name).ToListAsync()).Order(StringComparer.Ordinal));
    }
}
