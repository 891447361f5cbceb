namespace Labeler.Shared.Imaging;

/// <summary>What a file says of itself before its pixels are decoded.</summary>
/// <param name="Width">Pixels of one frame as stored, before any turning by EXIF.</param>
public sealed record PictureHeader(PictureFormat Format, int Width, int Height, bool Animated)
{
    /// <exception cref="PictureException">NotAnImage, TooLarge (bytes) or Damaged.</exception>
    public static PictureHeader Read(byte[] file, PictureLimits? limits = null)
    {
        using var opened = OpenedFile.Open(file, limits ?? PictureLimits.Default);
        return opened.Header;
    }

    internal static PictureHeader Of(NetVips.Image image, PictureFormat format, byte[] file)
    {
        bool severalPages = image.Contains("n-pages") && (int)image.Get("n-pages") > 1;
        return new(format, image.Width, image.Height, severalPages || (format == PictureFormat.Png && PngChunks.IsAnimated(file)));
    }
}
