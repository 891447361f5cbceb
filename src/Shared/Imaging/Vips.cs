using NetVips;

namespace Labeler.Shared.Imaging;

/// <summary>How libvips runs in this product.</summary>
internal static class Vips
{
    private static readonly PictureException? Refusal = SetUp();

    /// <summary>Runs it, and turns libvips' errors into the one line that a person can read.</summary>
    /// <exception cref="PictureException">Damaged: <paramref name="what"/>, a colon and libvips' reason. LibraryMissing.</exception>
    public static T Run<T>(string what, Func<T> work)
    {
        if (Refusal is not null)
        {
            throw new PictureException(Refusal.Problem, Refusal.Message, Refusal);
        }
        try
        {
            return work();
        }
        catch (VipsException error)
        {
            // The first line is NetVips' own and names the call; libvips' reasons follow, the last one closest to the cause.
            string? reason = Lines(error.Message).Skip(1).LastOrDefault();
            throw new PictureException(PictureProblem.Damaged, $"{what}: {reason ?? "no reason given"}", error);
        }
    }

    /// <summary>The image as interleaved 8-bit sRGB, upright, its color profile applied, transparency laid over a shade of gray.</summary>
    public static Picture ToPicture(this Image image, byte behind = 0)
    {
        using Image upright = image.Autorot();
        using Image colors = InSrgb(upright);
        using Image? flat = colors.HasAlpha() ? colors.Flatten(background: [behind, behind, behind]) : null;
        using Image bytes = (flat ?? colors).Cast(Enums.BandFormat.Uchar);
        return bytes.Bands == 3
            ? new Picture(bytes.Width, bytes.Height, bytes.WriteToMemory<byte>())
            : throw new PictureException(PictureProblem.Damaged, $"the image has {bytes.Bands} color bands where 3 are expected");
    }

    // A profile that does not fit the pixels counts as none, as in browsers.
    private static Image InSrgb(Image image)
    {
        const string profile = "icc-profile-data", srgb = "srgb";
        if (image.Contains(profile))
        {
            try
            {
                return image.IccTransform(srgb, embedded: true, depth: 8);
            }
            catch (VipsException)
            {
                return image.Colourspace(Enums.Interpretation.Srgb);
            }
        }
        return image.Colourspace(Enums.Interpretation.Srgb);
    }

    private static PictureException? SetUp()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            string reason = ModuleInitializer.Exception is { } error ? Lines(error.Message)[0] : "no reason given";
            return new PictureException(
                PictureProblem.LibraryMissing,
                $"libvips, which reads and writes images and comes with this program, does not load on this system: {reason}",
                ModuleInitializer.Exception);
        }
        // Only the loaders that libvips itself fuzzes; no cache, since every picture is read once; one thread a picture.
        NetVips.NetVips.BlockUntrusted = true;
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
        // The warnings of damaged files reach the caller as an exception instead of standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });
        return null;
    }

    private static string[] Lines(string message) =>
        message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
