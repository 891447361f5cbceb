using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Photos;

[Collection(Databases.Collection)]
public sealed class Photos_are_brought_in(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task A_zip_of_nested_folders_becomes_items_without_masks_edges_and_doubles(string database)
    {
        await using var world = await databases.World(database);
        var scene = await PhotoScene.In(world);
        var job = await scene.Run(scene.Zip(
            ("MSD/train/image/1.jpg", PhotoScene.Jpeg(1)), ("MSD/train/mask/1.png", PhotoScene.Png(2)), ("PMD/image/a.webp", PhotoScene.WebP(3)), ("PMD/edge/a.png", PhotoScene.Png(4)),
            ("edge/cliff.png", PhotoScene.Png(5)), ("again.jpg", PhotoScene.Jpeg(1)), ("readme.txt", "hello"u8.ToArray()), ("__MACOSX/x.jpg", PhotoScene.Jpeg(6))));
        Assert.Equal(["PMD/image/a.webp", "again.jpg", "edge/cliff.png"], (await world.Open().Photos.Select(p => p.Name).ToListAsync()).Select(name => name == "MSD/train/image/1.jpg" ? "again.jpg" : name).Order(StringComparer.Ordinal));
        var report = Assert.Single(await ImportReport.Read(world.Open(), scene.Project.Id));
        Assert.Equal((3, 0, 1, 4, JobState.Succeeded), (report.Photos, report.Refused, report.Duplicates, report.NotToLabel, report.Job.State));
        Assert.Equal(3, (await world.Get<ItemQueue>().Take(scene.Project.Id, Guid.NewGuid(), 16, [])).Leases.Count);
        Assert.False(File.Exists(Path.Combine(ImportPlace.Uploads(world.Get<DataFolder>()), job.Read<ImportPlace>().Path)));

        await scene.Run(scene.Zip(("more/2.jpg", PhotoScene.Jpeg(7)), ("more/1.jpg", PhotoScene.Jpeg(1))));
        Assert.Equal(4, await world.Open().Items.CountAsync());
        Assert.Equal(1, await world.Open().Epochs.CountAsync());
    }

    [Fact]
    public async Task A_name_that_a_zip_holds_several_times_is_several_files()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip(
            ("a.jpg", PhotoScene.Jpeg(1)), ("b.jpg", PhotoScene.Jpeg(2)), ("a.jpg", PhotoScene.Jpeg(3)), ("a (2).jpg", PhotoScene.Jpeg(4)),
            ("a.jpg", PhotoScene.Jpeg(5)), ("a.jpg", PhotoScene.Jpeg(1)), ("deep/c.jpg", PhotoScene.Jpeg(6)), ("deep\\c.jpg", PhotoScene.Jpeg(7))));
        Assert.Equal(["a (2).jpg", "a (3).jpg", "a (4).jpg", "a.jpg", "b.jpg", "deep/c (2).jpg", "deep/c.jpg"], (await world.Open().Photos.Select(p => p.Name).ToListAsync()).Order(StringComparer.Ordinal));
        Assert.Contains("the same picture already", (await scene.Skipped())["a (5).jpg"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_file_is_refused_with_one_line_and_the_rest_goes_on()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world, new ImportLimits { MaxPictureBytes = 1 << 20 });
        var bomb = new byte[900_000];
        await scene.Run(scene.Zip(
            ("../../slip.jpg", PhotoScene.Jpeg(1)), ("/etc/slip.jpg", PhotoScene.Jpeg(1)), ("C:\\slip.jpg", PhotoScene.Jpeg(1)), ("bomb.png", bomb), ("large.png", new byte[2 << 20]),
            ("cut.jpg", PhotoScene.Jpeg(2, 64)[..900]), ("wide.png", Imaging.Pictures.Png(40_000, 10, 2, [])), ("many.png", Imaging.Pictures.Png(16_000, 16_000, 2, [])),
            ("lies.png", Imaging.Pictures.Png(900, 900, 2, [1, 2, 3])), ("moving.gif", Imaging.Pictures.Gif(3)), ("wrong.png", PhotoScene.Jpeg(3)), ("text.jpg", "no picture at all"u8.ToArray()), ("good.jpg", PhotoScene.Jpeg(4))));
        Assert.Equal("good.jpg", (await world.Open().Photos.SingleAsync()).Name);
        var reasons = await scene.Skipped();
        Assert.Equal(12, reasons.Count);
        Assert.All(reasons.Values, reason => Assert.DoesNotContain('\n', reason));
        foreach (var (name, word) in new[]
        {
            ("../../slip.jpg", "outside"), ("/etc/slip.jpg", "outside"), ("C:/slip.jpg", "outside"), ("bomb.png", "zip bombs"), ("large.png", "times its packed size"), ("cut.jpg", "damaged"),
            ("wide.png", "40000 x 10"), ("many.png", "megapixels"), ("lies.png", "damaged"), ("moving.gif", "GIF"), ("wrong.png", "rename it to wrong.jpg"), ("text.jpg", "its content is none"),
        })
        {
            Assert.Contains(word, reasons[name]);
        }
        using var csv = new StringWriter();
        await ImportReport.WriteCsv(world.Open(), (await world.Open().Jobs.SingleAsync()).Id, csv);
        Assert.Equal(14, csv.ToString().Split("\r\n").Length);
    }

    [Fact]
    public async Task Too_many_files_too_many_bytes_or_no_zip_at_all_end_the_import_with_one_line()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world, new ImportLimits { MaxFiles = 2, MaxTotalBytes = 1024 });
        var three = scene.Zip(("1.jpg", PhotoScene.Jpeg(1)), ("2.jpg", PhotoScene.Jpeg(2)), ("3.jpg", PhotoScene.Jpeg(3)));
        Assert.Contains("more than 2 files", (await Assert.ThrowsAsync<LabelerException>(() => scene.Run(three))).Message);
        var broken = scene.Zip(("1.jpg", PhotoScene.Jpeg(1)));
        var path = Path.Combine(ImportPlace.Uploads(world.Get<DataFolder>()), broken.Path);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..60]);
        await using var another = await databases.World(Databases.Sqlite);
        var other = await PhotoScene.In(another, new ImportLimits { MaxTotalBytes = 1024 });
        Assert.Contains("together", (await Assert.ThrowsAsync<LabelerException>(() => other.Run(other.Zip(("1.png", PhotoScene.Png(1, 64)), ("2.png", PhotoScene.Png(2, 64)))))).Message);
        Assert.Contains("truncated", Assert.Throws<LabelerException>(() => PhotoFiles.OfZip(path, new ImportLimits())).Message);
    }

    [Fact]
    public async Task The_limit_of_all_bytes_counts_what_is_read_and_not_what_an_archive_announces()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world, new ImportLimits { MaxTotalBytes = 4096 });
        // Of these only the first is read.
        await scene.Run(scene.Zip(("set/image/1.jpg", PhotoScene.Jpeg(1)), ("set/mask/1.png", PhotoScene.Png(2, 64)), ("set/mask/2.png", new byte[100_000])));
        Assert.Equal("set/image/1.jpg", (await world.Open().Photos.SingleAsync()).Name);

        // Of this one the archive says that it is ten bytes long.
        var place = scene.Zip(("long.png", PhotoScene.Png(3, 64)), ("good.jpg", PhotoScene.Jpeg(4)));
        var path = Path.Combine(ImportPlace.Uploads(world.Get<DataFolder>()), place.Path);
        var zip = await File.ReadAllBytesAsync(path);
        var length = BitConverter.GetBytes(PhotoScene.Png(3, 64).Length);
        int[] announced = [.. Enumerable.Range(0, zip.Length - 3).Where(at => zip.AsSpan(at, 4).SequenceEqual(length))];
        Assert.NotEmpty(announced);
        Array.ForEach(announced, at => BitConverter.GetBytes(10).CopyTo(zip, at));
        await File.WriteAllBytesAsync(path, zip);
        await scene.Run(place);
        Assert.Equal(["good.jpg", "set/image/1.jpg"], (await world.Open().Photos.Select(p => p.Name).ToListAsync()).Order());
        Assert.Single((await scene.Skipped())["long.png"].Split('\n'));
    }

    [Fact]
    public async Task A_stopped_import_goes_on_where_it_was()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Import.Queue(scene.Project.Id, scene.Zip([.. Enumerable.Range(0, 9).Select(n => ($"{n}.jpg", PhotoScene.Jpeg(n)))]));
        var first = (await scene.Jobs.Claim("killed", [JobKind.Import]))!;
        // A power cut while the fifth photo is being stored.
        using (var cut = new CancellationTokenSource())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.ImportBy(new PowerCut(world.Clock, after: 4, cut)).Run(first, (_, _) => { }, cut.Token));
        }
        Assert.Equal(4, await world.Open().Photos.CountAsync());
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        var again = (await scene.Jobs.Claim("next", [JobKind.Import]))!;
        await scene.Import.Run(again, (_, _) => { });
        Assert.Equal((9, 9, 0), (await world.Open().Photos.CountAsync(), await world.Open().Items.CountAsync(), await world.Open().SkippedFiles.CountAsync()));
        await Assert.ThrowsAsync<LabelerException>(() => scene.Import.Run(first, (_, _) => { }));
    }

    [Fact]
    public async Task Folders_come_from_below_the_root_alone_and_links_are_not_followed()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        var (data, limits) = (world.Get<DataFolder>(), new ImportLimits());
        var folder = Directory.CreateDirectory(Path.Combine(ImportPlace.Root(data, limits), "set", "deep")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "1.png"), PhotoScene.Png(1));
        var outside = Directory.CreateDirectory(Path.Combine(data.Root, "secret")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(outside, "2.png"), PhotoScene.Png(2));
        File.CreateSymbolicLink(Path.Combine(folder, "link.png"), Path.Combine(outside, "2.png"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "linked"), outside);
        await scene.Run(ImportPlace.Folder("set", data, limits));
        Assert.Equal("deep/1.png", (await world.Open().Photos.SingleAsync()).Name);
        Assert.Contains("link", (await scene.Skipped())["deep/link.png"]);
        foreach (var wrong in new[] { "../secret", "missing", "set/deep/linked" })
        {
            Assert.Throws<LabelerException>(() => ImportPlace.Folder(wrong, data, limits));
        }
    }

    /// <summary>Everything ends when the time of one more photo than these is asked for.</summary>
    private sealed class PowerCut(TimeProvider clock, int after, CancellationTokenSource cut) : TimeProvider
    {
        private int _asked;

        public override DateTimeOffset GetUtcNow()
        {
            if (++_asked > after)
            {
                cut.Cancel();
            }
            return clock.GetUtcNow();
        }
    }
}
