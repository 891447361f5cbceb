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
        Make(file, side, "crop", Vips.Centre, limits, image => image.ToPicture());

    private static byte[] Make(byte[] file, int side, string suffix, PictureLimits? limits) =>
        Make(file, side, "size", Vips.SizeDown, limits, image => image.Encode(suffix));

    private static T Make<T>(byte[] file, int side, string wayName, int way, PictureLimits? limits, Func<VipsImage, T> write)
    {
        limits ??= PictureLimits.Default;
        using var opened = OpenedFile.Open(file, limits);
        limits.Check(opened.Header);
        int status = Vips.Thumbnail(
            opened.Address, (nuint)file.Length, out VipsImage thumbnail, side,
            "height", side, wayName, way, "option_string", OpenedFile.LoadOptions, 0);
        using (thumbnail)
        {
            return status == 0
                ? write(thumbnail)
                : throw new PictureException(PictureProblem.Damaged, $"the image is damaged: {Vips.TakeError()}");
        }
    }
}
