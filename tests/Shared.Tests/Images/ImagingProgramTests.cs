using Labeler.Shared.Images;

namespace Labeler.Shared.Tests.Images;

public sealed class ImagingProgramTests : IDisposable
{
    // Nothing of the system's fonts can be read or indexed: no home, and a configuration that is not there.
    private static readonly Dictionary<string, string?> _withoutFonts = new()
    {
        ["HOME"] = "/dev/null", ["XDG_CACHE_HOME"] = null, ["FONTCONFIG_FILE"] = "/dev/null/fonts.conf", ["FONTCONFIG_PATH"] = "/dev/null",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-imaging-").FullName;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Captions_are_drawn_in_the_programs_own_font_without_a_word_on_standard_error(bool nothingOfTheSystem)
    {
        // The capital A is drawn alike in Latin, Greek and Cyrillic, in one font; another would fill in what a font lacks otherwise.
        var (code, lines, errors) = ImagingProgram.Run(["captions", "A", "\u0391", "\u0410", "Ǻ", "step 12.5: 3 → 4 ≥ ½"], nothingOfTheSystem ? _withoutFonts : null);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal([lines[0], lines[0]], lines[1..3]);
        Assert.Equal(4, lines.Distinct().Count() + 1);
        Assert.All(lines, line => Assert.DoesNotContain(" 0 dark", line, StringComparison.Ordinal));
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
        string native = Directory.CreateDirectory(Path.Combine(_folder, "runtimes", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, "native")).FullName;
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(native, "libvips.so.42"), "no library");
        var (code, lines, errors) = ImagingProgram.Run(["damaged"], new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = native }, _folder);

        Assert.Equal((1, ""), (code, errors));
        string line = Assert.Single(lines);
        Assert.StartsWith($"{PictureProblem.LibraryMissing}: libvips, which reads and writes images and comes with this program, does not load on this system: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("install", line, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
