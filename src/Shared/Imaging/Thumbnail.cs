using NetVips;

namespace Labeler.Shared.Imaging;

/// <summary>Small versions of image files for lists and grids, decoded already shrunk where the format allows it.</summary>
public static class Thumbnail
{
    /// <summary>
    /// A WebP whose longer side is at most <paramref name="side"/> pixels; never enlarged, upright, sRGB, of the pixels alone.
    /// </summary>
    /// <param name="behind">Shade of gray that shows through transparency.</param>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static byte[] WebP(byte[] file, int side, int quality = 80, PictureLimits? limits = null, byte behind = 0) =>
        Make(file, side, Enums.Size.Down, null, limits, behind).ToWebP(quality);

    /// <summary>The middle of an image as a square of exactly <paramref name="side"/> pixels, shrunk or enlarged: what a model learns
    /// from.</summary>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static Picture Square(byte[] file, int side, PictureLimits? limits = null) =>
        Make(file, side, null, Enums.Interesting.Centre, limits);

    private static Picture Make(byte[] file, int side, Enums.Size? size, Enums.Interesting? crop, PictureLimits? limits, byte behind = 0)
    {
        limits ??= PictureLimits.Default;
        limits.Check(PictureHeader.Read(file, limits));
        // The file is decoded while the thumbnail's pixels are read, so both fail with the file. libvips hands failOn to no loader here.
        return Vips.Run(PictureFormats.Fault(file), () =>
        {
            using Image thumbnail = Image.ThumbnailBuffer(file, side, height: side, size: size, crop: crop, optionString: "fail_on=error");
            return thumbnail.ToPicture(behind);
        });
    }
}
