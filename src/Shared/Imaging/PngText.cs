using System.Text;

namespace Labeler.Shared.Imaging;

/// <summary>Text in a PNG's metadata, written as iTXt chunks (UTF-8, PNG specification 11.3.4.5), so that prompts in any language
/// survive.</summary>
public static class PngText
{
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
}
