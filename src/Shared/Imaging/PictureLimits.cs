namespace Labeler.Shared.Imaging;

/// <summary>What a file may ask for before any of its pixels is decoded.</summary>
/// <param name="MaxSide">Longest side in pixels.</param>
/// <param name="MaxPixels">Width times height of one frame.</param>
/// <param name="MaxBytes">Size of the encoded file in bytes.</param>
/// <param name="FirstFrame">True to take the first frame of an animation, false to refuse animations.</param>
public sealed record PictureLimits(int MaxSide, long MaxPixels, long MaxBytes, bool FirstFrame)
{
    /// <summary>Sides up to 40,000 pixels, 100 megapixels, 128 MiB; animations are refused.</summary>
    public static PictureLimits Default { get; } = new(40_000, 100_000_000, 128 << 20, FirstFrame: false);

    /// <summary>Throws when the header asks for more than is allowed.</summary>
    /// <exception cref="PictureException">TooLarge or Animated, with the figures.</exception>
    public void Check(PictureHeader header)
    {
        if (header.Width > MaxSide || header.Height > MaxSide)
        {
            throw new PictureException(PictureProblem.TooLarge,
                $"the image is {header.Width} x {header.Height} pixels; sides up to {MaxSide} are accepted");
        }
        if ((long)header.Width * header.Height > MaxPixels)
        {
            throw new PictureException(
                PictureProblem.TooLarge,
                    $"the image is {header.Width} x {header.Height} pixels; up to {MaxPixels / 1_000_000} megapixels are accepted");
        }
        if (header.Animated && !FirstFrame)
        {
            throw new PictureException(
                PictureProblem.Animated, "the image is animated or has several pages; only single still images are accepted");
        }
    }
}
