using System.Runtime.InteropServices;

namespace Labeler.Shared.Images;

/// <summary>The font of captions. It comes with the program, which so needs no font and no configuration of the system.</summary>
internal static partial class CaptionFont
{
    /// <summary>The name by which text asks for it.</summary>
    public const string Family = "DejaVu Sans";

    /// <summary>Path of the TrueType file. The first use tells Fontconfig, which libvips finds fonts with, what to read.</summary>
    public static string File { get; } = SetUp();

    private static string SetUp()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "fonts");
        if (!OperatingSystem.IsWindows())
        {
            // Without a configuration Fontconfig complains on standard error. It reads the C library's environment, which .NET's does not reach.
            _ = setenv("FONTCONFIG_FILE", Path.Combine(folder, SystemFontsCanBeIndexed() ? "with-system.conf" : "alone.conf"), overwrite: 1);
        }

        return Path.Combine(folder, "DejaVuSans.ttf");
    }

    /// <summary>Whether Fontconfig can keep its index; where it cannot, it complains of every folder of fonts.</summary>
    private static bool SystemFontsCanBeIndexed()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        cache = string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "", ".cache") : cache;
        if (!Path.IsPathRooted(cache))
        {
            return false;
        }

        try
        {
            string index = Directory.CreateDirectory(Path.Combine(cache, "fontconfig")).FullName;
            using var probe = new FileStream(
                Path.Combine(index, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
