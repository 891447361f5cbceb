using NetVips;

namespace Labeler.Shared.Imaging;

/// <summary>An encoded file opened by libvips; pixels are decoded on demand.</summary>
internal sealed class OpenedFile(Image image, PictureHeader header) : IDisposable
{
    public Image Image => image;

    public PictureHeader Header => header;

    public static OpenedFile Open(byte[] file, PictureLimits limits)
    {
        if (file.LongLength > limits.MaxBytes)
        {
            throw new PictureException(
                PictureProblem.TooLarge, $"the file has {file.LongLength >> 20} MiB; up to {limits.MaxBytes >> 20} MiB are accepted");
        }
        PictureFormat format = PictureFormats.Of(file)
            ?? throw new PictureException(PictureProblem.NotAnImage, "the file is no JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC image");
        // Truncated and contradictory files are errors, never gray areas. One page: an animation's other frames stay untouched.
        Image image = Vips.Run(PictureFormats.Fault(file), () => Image.NewFromBuffer(file, failOn: Enums.FailOn.Error));
        return new OpenedFile(image, PictureHeader.Of(image, format, file));
    }

    public void Dispose() => Image.Dispose();
}
