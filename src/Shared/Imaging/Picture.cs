namespace Labeler.Shared.Imaging;

/// <summary>A picture in memory: 8-bit sRGB, rows from the top, three interleaved bytes a pixel.</summary>
public sealed class Picture
{
    /// <summary>Takes over <paramref name="rgb"/>, which must hold width · height · 3 bytes.</summary>
    public Picture(int width, int height, byte[] rgb)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.LongLength != 3L * width * height)
        {
            throw new ArgumentException($"{width} x {height} pixels need {3L * width * height} bytes, not {rgb.LongLength}.", nameof(rgb));
        }
        (Width, Height, Rgb) = (width, height, rgb);
    }

    public int Width { get; }
    public int Height { get; }

    /// <summary>The pixels, [height, width, 3].</summary>
    public byte[] Rgb { get; }

    /// <summary>
    /// Decodes a file of a <see cref="PictureFormat"/>: upright by its EXIF orientation, other colors (gray, CMYK, a profile's)
    /// converted, transparency over black. Size and frames are judged by the header before any pixel is decoded.
    /// </summary>
    /// <exception cref="PictureException">The file is refused; the message says why in one line.</exception>
    public static Picture Decode(byte[] file, PictureLimits? limits = null)
    {
        limits ??= PictureLimits.Default;
        using var opened = OpenedFile.Open(file, limits);
        limits.Check(opened.Header);
        return Vips.Run(PictureFormats.Fault(file), () => opened.Image.ToPicture());
    }

    /// <summary>Lossless PNG; <paramref name="text"/> goes into its metadata, see <see cref="PngText"/>.</summary>
    public byte[] ToPng(IEnumerable<KeyValuePair<string, string>>? text = null)
    {
        byte[] png = Encode(".png[keep=none,compression=6,bitdepth=8]");
        return text is null ? png : PngText.Insert(png, text);
    }

    /// <summary>
    /// Baseline JPEG with a JFIF header, 4:2:0 chroma and the standard Huffman tables: the same bytes as Pillow's
    /// <c>save("jpeg", quality=95)</c> on libjpeg-turbo, which the compressibility rewards count.
    /// </summary>
    public byte[] ToJpeg(int quality = 95)
    {
        byte[] jpeg = Encode($".jpg[Q={quality},subsample_mode=on,optimize_coding=false,interlace=false,keep=none]");
        // libvips leaves the JFIF segment out of stripped files. Version 1.1, no unit, aspect 1 : 1, no thumbnail.
        ReadOnlySpan<byte> start = [0xFF, 0xD8];
        ReadOnlySpan<byte> jfif = [0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
        return jpeg[3] == jfif[1] ? jpeg : [.. start, .. jfif, .. jpeg.AsSpan(start.Length)];
    }

    /// <summary>Lossy WebP.</summary>
    /// <param name="quality">1 to 100.</param>
    public byte[] ToWebP(int quality) => Encode($".webp[Q={quality},keep=none]");

    public (byte R, byte G, byte B) At(int x, int y)
    {
        int at = 3 * ((y * Width) + x);
        return (Rgb[at], Rgb[at + 1], Rgb[at + 2]);
    }

    // From bare pixels, so that nothing else that a file said can be in what is written.
    private byte[] Encode(string suffix) => Vips.Run($"the image cannot be written as {suffix}", () =>
    {
        using NetVips.Image bare = NetVips.Image.NewFromMemory(Rgb, Width, Height, 3, NetVips.Enums.BandFormat.Uchar);
        return bare.WriteToBuffer(suffix);
    });
}
