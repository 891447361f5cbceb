using System.Buffers.Binary;
using System.IO.Compression;
using Labeler.Shared.Imaging;

namespace Labeler.Shared.Tests.Imaging;

/// <summary>Pictures and hand-made files for the tests.</summary>
internal static class Pictures
{
    public static Picture Gradient(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        for (int at = 0; at < width * height; at++)
        {
            int x = at % width, y = at / width;
            (rgb[3 * at], rgb[(3 * at) + 1], rgb[(3 * at) + 2]) = ((byte)(255 * x / width), (byte)(255 * y / height), (byte)(x + y));
        }

        return new Picture(width, height, rgb);
    }

    /// <summary>A file that another program wrote (Pillow 9.4), below Imaging/files.</summary>
    public static byte[] FromElsewhere(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Imaging", "files", name));

    /// <summary>The picture as WebP in its own size.</summary>
    public static byte[] WebP(Picture picture, int quality = 85) => Thumbnail.WebP(picture.ToPng(), Math.Max(picture.Width, picture.Height), quality);

    /// <summary>The JPEG with an EXIF segment that holds nothing but the orientation (EXIF 2.32, tag 0x0112), 1 to 8.</summary>
    public static byte[] Oriented(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            .. "Exif"u8, 0, 0, .. "MM"u8, 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>A PNG whose header says what it is told and whose data is <paramref name="rows"/>, deflated.</summary>
    public static byte[] Png(int width, int height, byte colorType, byte[] rows, byte bitDepth = 8)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bitDepth, colorType);
        PngChunks.Write(file, "IHDR", header);
        using var deflated = new MemoryStream();
        using (var deflate = new ZLibStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(rows);
        }

        PngChunks.Write(file, "IDAT", deflated.ToArray());
        PngChunks.Write(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A GIF of 1 x 1 pixel with the given number of frames.</summary>
    public static byte[] Gif(int frames)
    {
        byte[] frame = [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
        return
        [
            .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255,
            .. Enumerable.Repeat(frame, frames).SelectMany(bytes => bytes), 0x3B,
        ];
    }
}
