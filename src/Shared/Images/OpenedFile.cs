using System.Runtime.InteropServices;

namespace Labeler.Shared.Images;

/// <summary>An encoded file opened by libvips with its bytes pinned; pixels are decoded on demand.</summary>
internal sealed class OpenedFile : IDisposable
{
    // Truncated and contradictory files are errors, never grey areas. One page: an animation's other frames stay untouched.
    public const string LoadOptions = "fail_on=error";

    private GCHandle pin;

    private OpenedFile(byte[] file) => pin = GCHandle.Alloc(file, GCHandleType.Pinned);

    public VipsImage Image { get; private set; } = new();

    public PictureHeader Header { get; private set; } = null!;

    public nint Address => pin.AddrOfPinnedObject();

    public static OpenedFile Open(byte[] file, PictureLimits limits)
    {
        if (file.LongLength > limits.MaxBytes)
        {
            throw new PictureException(
                PictureProblem.TooLarge, $"the file has {file.LongLength >> 20} MiB; up to {limits.MaxBytes >> 20} MiB are accepted");
        }

        PictureFormat format = PictureFormats.Of(file)
            ?? throw new PictureException(PictureProblem.NotAnImage, "the file is no JPEG, PNG, WebP or GIF image");
        var opened = new OpenedFile(file);
        try
        {
            opened.Image = Vips.NewFromBuffer(opened.Address, (nuint)file.Length, LoadOptions, 0);
            if (opened.Image.IsInvalid)
            {
                throw new PictureException(PictureProblem.Damaged, $"the image is damaged: {Vips.TakeError()}");
            }

            opened.Header = PictureHeader.Of(opened.Image, format, file);
            return opened;
        }
        catch (Exception error)
        {
            opened.Dispose();
            throw PictureErrors.Translate(error);
        }
    }

    public void Dispose()
    {
        Image.Dispose();
        if (pin.IsAllocated)
        {
            pin.Free();
        }
    }
}
