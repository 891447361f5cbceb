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

    private static byte[] Make(byte[] file, int side, string suffix, PictureLimits? limits)
    {
        limits ??= PictureLimits.Default;
        using var opened = OpenedFile.Open(file, limits);
        limits.Check(opened.Header);
        int status = Vips.Thumbnail(
            opened.Address, (nuint)file.Length, out VipsImage thumbnail, side,
            "height", side, "size", Vips.SizeDown, "option_string", OpenedFile.LoadOptions, 0);
        using (thumbnail)
        {
            return status == 0
                ? thumbnail.Encode(suffix)
                : throw new PictureException(PictureProblem.Damaged, $"the image is damaged: {Vips.TakeError()}");
        }
    }
}
