using System.Text;

namespace Labeler.Shared.Photos;

/// <summary>Picture formats that people bring and that libvips, as it comes with the program, does not read.</summary>
internal static class UnreadFormat
{
    // Raw files of cameras look like TIFF from within; only their names tell.
    private static readonly Dictionary<string, string> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        [".bmp"] = "BMP",
        [".dib"] = "BMP",
        [".jxl"] = "JPEG XL",
        [".jp2"] = "JPEG 2000",
        [".j2k"] = "JPEG 2000",
        [".psd"] = "PSD",
        [".svg"] = "SVG",
        [".ico"] = "ICO",
        [".tga"] = "TGA",
        [".dng"] = Raw,
        [".cr2"] = Raw,
        [".cr3"] = Raw,
        [".nef"] = Raw,
        [".arw"] = Raw,
        [".orf"] = Raw,
        [".rw2"] = Raw,
        [".raf"] = Raw,
        [".pef"] = Raw,
    };

    private const string Raw = "a camera's raw file";

    /// <summary>The format's name by the content or else by the file's name; null where it is none of these.</summary>
    public static string? Of(string name, ReadOnlySpan<byte> content) =>
        ByContent(content) ?? ByName.GetValueOrDefault(Path.GetExtension(name));

    private static string? ByContent(ReadOnlySpan<byte> content) => content switch
    {
        // The size of its information header follows fourteen bytes of file header.
        [(byte)'B', (byte)'M', _, _, _, _, _, _, _, _, _, _, _, _, 12 or 40 or 52 or 56 or 64 or 108 or 124, 0, 0, 0, ..] => "BMP",
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => "PSD",
        [0xFF, 0x0A, ..] or [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => "JPEG XL",
        [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ', ..] or [0xFF, 0x4F, 0xFF, 0x51, ..] => "JPEG 2000",
        _ => IsSvg(content) ? "SVG" : null,
    };

    private static bool IsSvg(ReadOnlySpan<byte> content)
    {
        // A byte order mark, as Latin-1 has it, and white space may stand before.
        var start = Encoding.Latin1.GetString(content[..Math.Min(content.Length, 256)])
            .TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\r', '\n', '\t');
        return start.StartsWith('<') && start.Contains("<svg", StringComparison.OrdinalIgnoreCase);
    }
}
