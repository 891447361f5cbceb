using System.Buffers.Binary;
using System.Text;

namespace Labeler.Shared.Imaging;

/// <summary>The chunks of a PNG file (PNG specification, section 5.3): length, type, data, checksum.</summary>
internal static class PngChunks
{
    private const int SignatureLength = 8;
    private static readonly uint[] CrcTable = BuildCrcTable();
    public readonly record struct Chunk(string Type, Range Data);

    /// <summary>The chunks in file order; ends quietly where the file does.</summary>
    public static List<Chunk> Of(ReadOnlySpan<byte> png)
    {
        var chunks = new List<Chunk>();
        int at = SignatureLength;
        while (at + 12 <= png.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > (uint)(png.Length - at - 12))
            {
                break;
            }
            int start = at + 8;
            chunks.Add(new Chunk(Encoding.Latin1.GetString(png.Slice(at + 4, 4)), start..(start + (int)length)));
            at = start + (int)length + 4;
        }
        return chunks;
    }

    /// <summary>True when an animation control chunk stands before the image data (APNG).</summary>
    public static bool IsAnimated(ReadOnlySpan<byte> png) =>
        Of(png).TakeWhile(chunk => chunk.Type != "IDAT").Any(chunk => chunk.Type == "acTL");

    public static void Write(Stream target, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        byte[] body = [.. Encoding.Latin1.GetBytes(type), .. data];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        target.Write(number);
        target.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        target.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        }
        return ~crc;
    }

    private static uint[] BuildCrcTable()
    {
        var table = new uint[256];
        for (uint value = 0; value < table.Length; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
            table[value] = crc;
        }
        return table;
    }
}
