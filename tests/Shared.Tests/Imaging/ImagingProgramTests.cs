using Labeler.Shared.Imaging;
using Labeler.Shared.Tests.Support;

namespace Labeler.Shared.Tests.Imaging;

public sealed class ImagingProgramTests : IDisposable
{
    private const string HideFonts = "for folder in /etc/fonts /usr/share/fonts /usr/share/fontconfig /var/cache/fontconfig; do [ ! -d $folder ] || mount -t tmpfs tmpfs $folder; done; exec \"$@\"";

    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-imaging-").FullName;

    [Fact]
    public void Captions_are_drawn_in_the_programs_own_font_without_a_word_on_standard_error() => DrawCaptions();

    [Fact]
    public void Captions_are_drawn_where_no_index_of_fonts_can_be_written_and_the_variables_name_nothing() =>
        DrawCaptions(new Dictionary<string, string?> { ["HOME"] = "/dev/null", ["XDG_CACHE_HOME"] = null, ["FONTCONFIG_FILE"] = "/dev/null/fonts.conf", ["FONTCONFIG_PATH"] = "/dev/null" });

    [SmallDiskFact]
    public void Captions_are_drawn_on_a_system_that_has_no_fonts_and_no_configuration_of_fonts() =>
        DrawCaptions(new Dictionary<string, string?> { ["HOME"] = _folder, ["XDG_CACHE_HOME"] = null }, HideFonts);

    [Fact]
    public void The_systems_fonts_are_added_where_their_index_can_be_written()
    {
        string Chosen(string? cacheHome, string? home) => Path.GetFileName(CaptionFont.Configuration(cacheHome, home));

        Assert.Equal("with-system.conf", Chosen(null, _folder));
        Assert.Equal("with-system.conf", Chosen(Path.Combine(_folder, "cache"), "/dev/null"));
        Assert.Equal("alone.conf", Chosen(null, "/dev/null"));
        Assert.Equal("alone.conf", Chosen("/dev/null", _folder));
        Assert.Equal("alone.conf", Chosen("", null));
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Damaged_files_leave_nothing_on_standard_error()
    {
        var (code, lines, errors) = ImagingProgram.Run(["damaged"]);

        Assert.Equal((0, ""), (code, errors));
        Assert.True(int.Parse(Assert.Single(lines).Split(' ')[0]) > 300, lines[0]);
    }

    [Fact]
    public void Memory_stays_flat_over_hundreds_of_thumbnails()
    {
        const int Thumbnails = 400;
        var (code, lines, errors) = ImagingProgram.Run(["memory", $"{Thumbnails}"]);

        Assert.Equal((0, ""), (code, errors));

        // The file has more than 40 kB; 400 that stayed behind would be 16 MB, and the decoded pixels 20 MB.
        Assert.InRange(long.Parse(Assert.Single(lines)), long.MinValue, 8L << 20);
    }

    [Fact]
    public void A_libvips_that_does_not_load_is_one_line_that_asks_nobody_to_install_anything()
    {
        // The one libvips that lies beside the program.
        string library = Path.Combine(_folder, Path.GetRelativePath(AppContext.BaseDirectory, Assert.Single(Directory.GetFiles(AppContext.BaseDirectory, "libvips*", SearchOption.AllDirectories))));
        string native = Directory.CreateDirectory(Path.GetDirectoryName(library)!).FullName;
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        File.WriteAllText(library, "no library");
        var (code, lines, errors) = ImagingProgram.Run(["damaged"], new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = native }, _folder);

        Assert.Equal((1, ""), (code, errors));
        string line = Assert.Single(lines);
        Assert.StartsWith($"{PictureProblem.LibraryMissing}: libvips, which reads and writes images and comes with this program, does not load on this system: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("install", line, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void DrawCaptions(IReadOnlyDictionary<string, string?>? environment = null, string? within = null)
    {
        // The capital A is drawn alike in Latin, Greek and Cyrillic, in one font; what a font lacks would come as a box or from another.
        var (code, lines, errors) = ImagingProgram.Run(["captions", "A", "\u0391", "\u0410", "Ǻ", "step 12.5: 3 → 4 ≥ ½"], environment, within: within);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(5, lines.Length);
        Assert.Equal([lines[0], lines[0]], lines[1..3]);
        Assert.Equal(3, lines.Distinct().Count());
        Assert.All(lines, line => Assert.DoesNotContain(" 0 dark", line, StringComparison.Ordinal));
    }
}
