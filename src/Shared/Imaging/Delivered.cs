namespace Labeler.Shared.Imaging;

/// <summary>
/// A stored picture as it leaves the program, whoever gets it: encoded anew from its pixels, which are upright and sRGB. What the file
/// said besides (EXIF with place and owner, XMP, IPTC, text, color profiles, further frames) stays behind.
/// </summary>
public static class Delivered
{
    private const int Quality = 97;
    private static readonly PictureLimits Limits = PictureLimits.Default with { FirstFrame = true };

    /// <summary>All pixels: lossless as PNG where they were, otherwise nearly so in the file's own format or as JPEG.</summary>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static (byte[] File, PictureFormat Format) Whole(byte[] file)
    {
        var picture = Decode(file);
        return PictureFormats.Of(file) switch
        {
            PictureFormat.Jpeg or PictureFormat.Avif or PictureFormat.Heic => (picture.ToJpeg(Quality), PictureFormat.Jpeg),
            PictureFormat.WebP => (picture.ToWebP(Quality), PictureFormat.WebP),
            _ => (picture.ToPng(), PictureFormat.Png),
        };
    }

    /// <summary>All pixels, as PNG whatever the file was.</summary>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static byte[] Png(byte[] file) => Decode(file).ToPng();

    /// <summary>A WebP whose longer side is at most <paramref name="side"/> pixels; never enlarged.</summary>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static byte[] Shrunk(byte[] file, int side)
    {
        // A small picture is shown enlarged, where traces of compression would pass for flaws of the model.
        var header = PictureHeader.Read(file, Limits);
        return Thumbnail.WebP(file, side, Math.Max(header.Width, header.Height) <= side ? Quality : 90, Limits);
    }

    private static Picture Decode(byte[] file) => Picture.Decode(file, Limits);
}
