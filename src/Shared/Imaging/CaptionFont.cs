using System.Runtime.InteropServices;

namespace Labeler.Shared.Imaging;

/// <summary>The font of captions. It comes with the program, which so needs no font and no configuration of the system.</summary>
internal static partial class CaptionFont
{
    public const string Family = "DejaVu Sans";

    /// <summary>Path of the TrueType file. The first use tells Fontconfig, which libvips finds fonts with, what to read.</summary>
    public static string File { get; } = SetUp();

    /// <summary>
    /// The configuration for Fontconfig: with the system's fonts where it can keep its index of them, below
    /// <paramref name="cacheHome"/> or else <paramref name="home"/>; where it cannot, it would complain of every folder of fonts.
    /// </summary>
    internal static string Configuration(string? cacheHome, string? home)
    {
        string cache = string.IsNullOrEmpty(cacheHome) ? Path.Combine(home ?? "", ".cache") : cacheHome;
        return Path.Combine(Folder,
            Path.IsPathRooted(cache) && IsWritable(Path.Combine(cache, "fontconfig")) ? "with-system.conf" : "alone.conf");
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "fonts");

    private static string SetUp()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Without a configuration Fontconfig complains on standard error. It reads the C library's environment, which .NET's does not
            // reach.
            _ = setenv(
                "FONTCONFIG_FILE",
                    Configuration(Environment.GetEnvironmentVariable("XDG_CACHE_HOME"), Environment.GetEnvironmentVariable("HOME")),
                        overwrite: 1);
        }
        return Path.Combine(Folder, "DejaVuSans.ttf");
    }

    private static bool IsWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0,
                    FileOptions.DeleteOnClose);
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
