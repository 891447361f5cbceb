using System.Runtime.CompilerServices;
using NetVips;

namespace Labeler.Shared.Images;

/// <summary>How libvips runs in this product.</summary>
internal static class Vips
{
    static Vips()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            throw new PictureException(PictureProblem.LibraryMissing, "libvips is missing: reference NetVips.Native for this platform", ModuleInitializer.Exception);
        }

        // Only the loaders that libvips itself fuzzes; no cache, since every picture is read once; one thread a picture.
        NetVips.NetVips.BlockUntrusted = true;
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
        // The warnings of damaged files reach the caller as an exception instead of standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });
    }

    /// <summary>Sets libvips up, once; further calls do nothing.</summary>
    public static void Start() => RuntimeHelpers.RunClassConstructor(typeof(Vips).TypeHandle);

    /// <summary>Runs it, and turns libvips' errors into the one line that a person can read.</summary>
    public static T Run<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (VipsException error)
        {
            string[] lines = [.. error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => !line.StartsWith("unable to call", StringComparison.Ordinal))];
            throw new PictureException(PictureProblem.Damaged, $"{what}: {(lines.Length == 0 ? "no reason given" : lines[^1])}", error);
        }
    }

    /// <summary>The image as interleaved 8-bit sRGB, upright, transparency laid over black.</summary>
    public static Picture ToPicture(this Image image) => Run("the image is damaged", () =>
    {
        using Image upright = image.Autorot();
        using Image colours = upright.Colourspace(Enums.Interpretation.Srgb);
        using Image? flat = colours.HasAlpha() ? colours.Flatten() : null;
        using Image bytes = (flat ?? colours).Cast(Enums.BandFormat.Uchar);
        return bytes.Bands == 3
            ? new Picture(bytes.Width, bytes.Height, bytes.WriteToMemory<byte>())
            : throw new PictureException(PictureProblem.Damaged, $"the image has {bytes.Bands} colour bands where 3 are expected");
    });

    /// <summary>Encodes the image in the format that <paramref name="suffix"/> names.</summary>
    public static byte[] Encode(this Image image, string suffix) =>
        Run($"the image cannot be written as {suffix}", () => image.WriteToBuffer(suffix));
}
