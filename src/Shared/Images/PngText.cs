using System.IO.Compression;
using System.Text;

namespace Labeler.Shared.Images;

/// <summary>
/// Text in a PNG's metadata: written as iTXt chunks (UTF-8, PNG specification 11.3.4.5), so that prompts in any
/// language survive; read from iTXt, tEXt and zTXt alike.
/// </summary>
public static class PngText
{
    private const int MaxInflatedBytes = 1 << 20;

    /// <summary>The file with one text chunk per pair, after its header chunk.</summary>
    /// <exception cref="ArgumentException">A key is empty, longer than 79 characters or not Latin-1.</exception>
    public static byte[] Insert(byte[] png, IEnumerable<KeyValuePair<string, string>> text)
    {
        int afterHeader = PngChunks.Of(png)[0].Data.End.Value + 4;
        using var target = new MemoryStream(png.Length + 1024);
        target.Write(png, 0, afterHeader);
        foreach ((string key, string value) in text)
        {
            if (key.Length is 0 or > 79 || key.Any(letter => letter is < ' ' or > 'ÿ'))
            {
                throw new ArgumentException($"'{key}' cannot be a PNG text key: 1 to 79 Latin-1 characters are needed.", nameof(text));
            }

            // Keyword, then: not compressed, method 0, no language, no translated keyword.
            PngChunks.Write(target, "iTXt", [.. Encoding.Latin1.GetBytes(key), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(value)]);
        }

        target.Write(png, afterHeader, png.Length - afterHeader);
        return target.ToArray();
    }

    /// <summary>All text of a PNG file by key; later chunks win. Empty when the file is no PNG.</summary>
    public static IReadOnlyDictionary<string, string> Read(byte[] png)
    {
        var text = new Dictionary<string, string>();
        if (PictureFormats.Of(png) != PictureFormat.Png)
        {
            return text;
        }

        foreach (PngChunks.Chunk chunk in PngChunks.Of(png))
        {
            byte[] data = png[chunk.Data];
            int keyEnd = Array.IndexOf(data, (byte)0);
            if (keyEnd > 0 && Value(chunk.Type, data.AsSpan(keyEnd + 1)) is { } value)
            {
                text[Encoding.Latin1.GetString(data, 0, keyEnd)] = value;
            }
        }

        return text;
    }

    private static string? Value(string type, ReadOnlySpan<byte> rest)
    {
        switch (type)
        {
            case "tEXt":
                return Encoding.Latin1.GetString(rest);
            case "zTXt" when rest is [0, ..]:
                return Inflate(rest[1..]) is { } latin ? Encoding.Latin1.GetString(latin) : null;
            case "iTXt" when rest.Length >= 4:
                bool compressed = rest[0] == 1;
                rest = rest[2..];
                rest = rest[(rest.IndexOf((byte)0) + 1)..];
                rest = rest[(rest.IndexOf((byte)0) + 1)..];
                return !compressed ? Encoding.UTF8.GetString(rest) : Inflate(rest) is { } utf8 ? Encoding.UTF8.GetString(utf8) : null;
            default:
                return null;
        }
    }

    /// <summary>Null when the data is damaged or inflates beyond a megabyte: nobody writes such a prompt.</summary>
    private static byte[]? Inflate(ReadOnlySpan<byte> data)
    {
        try
        {
            using var source = new ZLibStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
            var target = new byte[MaxInflatedBytes + 1];
            int length = source.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
            return length > MaxInflatedBytes ? null : target[..length];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
