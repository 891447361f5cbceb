using System.Runtime.InteropServices;

namespace Labeler.Shared.Images;

/// <summary>Owns one reference to a VipsImage.</summary>
internal sealed class VipsImage() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>The image as interleaved 8-bit sRGB, upright, transparency laid over black.</summary>
    public Picture ToPicture()
    {
        using VipsImage upright = Then((VipsImage from, out VipsImage to) => Vips.AutoRotate(from, out to, 0));
        using VipsImage colours = upright.Then((VipsImage from, out VipsImage to) => Vips.ColourSpace(from, out to, Vips.Srgb, 0));
        using VipsImage? flat = Vips.HasAlpha(colours) == 0
            ? null
            : colours.Then((VipsImage from, out VipsImage to) => Vips.Flatten(from, out to, 0));
        using VipsImage bytes = (flat ?? colours).Then((VipsImage from, out VipsImage to) => Vips.CastToByte(from, out to, 0));
        if (Vips.Bands(bytes) != 3)
        {
            throw new PictureException(PictureProblem.Damaged, $"the image has {Vips.Bands(bytes)} colour bands where 3 are expected");
        }

        nint memory = Vips.WriteToMemory(bytes, out nuint size);
        if (memory == 0)
        {
            throw new PictureException(PictureProblem.Damaged, $"the image is damaged: {Vips.TakeError()}");
        }

        return new Picture(Vips.Width(bytes), Vips.Height(bytes), Take(memory, size));
    }

    /// <summary>Encodes the image in the format that <paramref name="suffix"/> names.</summary>
    public byte[] Encode(string suffix)
    {
        int status = Vips.WriteToBuffer(this, suffix, out nint buffer, out nuint size, 0);
        if (status != 0)
        {
            throw new PictureException(PictureProblem.Damaged, $"the image cannot be written as {suffix}: {Vips.TakeError()}");
        }

        return Take(buffer, size);
    }

    protected override bool ReleaseHandle()
    {
        Vips.Unref(handle);
        return true;
    }

    private delegate int Operation(VipsImage from, out VipsImage to);

    private VipsImage Then(Operation operation)
    {
        if (operation(this, out VipsImage result) == 0)
        {
            return result;
        }

        result.Dispose();
        throw new PictureException(PictureProblem.Damaged, $"the image is damaged: {Vips.TakeError()}");
    }

    private static byte[] Take(nint memory, nuint size)
    {
        try
        {
            var bytes = new byte[checked((int)size)];
            Marshal.Copy(memory, bytes, 0, bytes.Length);
            return bytes;
        }
        finally
        {
            Vips.Free(memory);
        }
    }
}
