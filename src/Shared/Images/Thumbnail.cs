namespace Labeler.Shared.Images;

/// <summary>Small versions of image files for lists and grids, decoded already shrunk where the format allows it.</summary>
public static class Thumbnail
{
    /// <summary>
    /// A WebP whose longer side is at most <paramref name="side"/> pixels; never enlarged, upright, sRGB.
    /// </summary>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static byte[] WebP(byte[] file, int side, int quality = 80, PictureLimits? limits = null) =>
        Make(file, side, $".webp[Q={quality},strip]", limits);

    /// <summary>The same as JPEG, for viewers without WebP. Transparency becomes black.</summary>
    public static byte[] Jpeg(byte[] file, int side, int quality = 85, PictureLimits? limits = null) =>
        Make(file, side, $".jpg[Q={quality},optimize_coding,strip]", limits);

    /// <summary>The middle of an image as a square of exactly <paramref name="side"/> pixels, shrunk or enlarged: what a model learns from.</summary>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static Picture Square(byte[] file, int side, PictureLimits? limits = null) =>
        Make(file, side, null, NetVips.Enums.Interesting.Centre, limits, image => image.ToPicture());

    private static byte[] Make(byte[] file, int side, string suffix, PictureLimits? limits) =>
        Make(file, side, NetVips.Enums.Size.Down, null, limits, image => image.Encode(suffix));

    private static T Make<T>(byte[] file, int side, NetVips.Enums.Size? size, NetVips.Enums.Interesting? crop, PictureLimits? limits, Func<NetVips.Image, T> write)
    {
        limits ??= PictureLimits.Default;
        using var opened = OpenedFile.Open(file, limits);
        limits.Check(opened.Header);
        using NetVips.Image thumbnail = Vips.Run("the image is damaged", () =>
            NetVips.Image.ThumbnailBuffer(file, side, height: side, size: size, crop: crop, optionString: "fail_on=error"));
        return write(thumbnail);
    }
}
