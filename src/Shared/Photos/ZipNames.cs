using System.IO.Compression;
using System.Text;

namespace Labeler.Shared.Photos;

/// <summary>
/// What the names in a zip mean. A zip says of a name whether it is UTF-8; of one without that mark the bytes are UTF-8 if they can be,
/// else of a code page: 437, as the zip standard has it (APPNOTE 4.4.4, appendix D), or the one of the machine that packed it.
/// </summary>
public static class ZipNames
{
    public const int Standard = 437;

    /// <summary>The code pages that can be chosen, with what people read.</summary>
    public static readonly IReadOnlyList<(int Page, string Name)> CodePages =
    [
        (Standard, "the zip standard (437)"), (850, "Western European, DOS (850)"), (852, "Central European, DOS (852)"),
        (866, "Cyrillic, DOS (866)"), (874, "Thai (874)"), (932, "Japanese, Shift JIS (932)"), (936, "Chinese, simplified, GBK (936)"),
        (949, "Korean (949)"), (950, "Chinese, traditional, Big5 (950)"), (1250, "Central European (1250)"), (1251, "Cyrillic (1251)"),
        (1252, "Western European (1252)"), (1253, "Greek (1253)"), (1254, "Turkish (1254)"), (1255, "Hebrew (1255)"),
        (1256, "Arabic (1256)"), (1257, "Baltic (1257)"), (1258, "Vietnamese (1258)"),
    ];

    /// <exception cref="LabelerException">It is none of <see cref="CodePages"/>.</exception>
    public static int Checked(int page) => CodePages.Any(known => known.Page == page) ? page
        : throw new LabelerException($"{page} is no code page for the names in a zip; choose one of the list.");

    /// <summary>Opens a zip for reading, its names read so.</summary>
    internal static ZipArchive Open(string path, int page) => ZipFile.Open(path, ZipArchiveMode.Read, new UnmarkedNames(page));

    /// <summary>The name with <c>/</c> between folders, whatever the packer put there.</summary>
    internal static string Normalized(string name) => name.Replace('\\', '/');

    /// <summary>Does a normalized name lead out of the zip: from the root, from a drive, or upward?</summary>
    internal static bool LeadsOutside(string name) =>
        name.StartsWith('/') || name is [(>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ':', '/', ..] || name.Split('/').Contains("..");

    /// <summary>Reads the names that are not marked as UTF-8.</summary>
    private sealed class UnmarkedNames(int page) : Encoding
    {
        private static readonly Encoding Utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);

        // Where the page has no character for some bytes either, 437 has one for each, so that no two names become one.
        private readonly Encoding[] _inTurn = [Utf8, Strict(page), Strict(Standard)];

        private static Encoding Strict(int page) => CodePagesEncodingProvider.Instance.GetEncoding(
            page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? throw new LabelerException($"The code page {page} is not known.");

        public override int GetCharCount(byte[] bytes, int index, int count) => Of(bytes, index, count).GetCharCount(bytes, index, count);

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
            Of(bytes, byteIndex, byteCount).GetChars(bytes, byteIndex, byteCount, chars, charIndex);

        public override int GetMaxCharCount(int byteCount) => byteCount + 1;

        public override int GetByteCount(char[] chars, int index, int count) => Utf8.GetByteCount(chars, index, count);

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
            Utf8.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetMaxByteCount(int charCount) => Utf8.GetMaxByteCount(charCount);

        private Encoding Of(byte[] bytes, int index, int count) => _inTurn.FirstOrDefault(encoding => Reads(encoding, bytes, index, count))
            ?? Latin1;

        private static bool Reads(Encoding encoding, byte[] bytes, int index, int count)
        {
            try
            {
                return encoding.GetCharCount(bytes, index, count) >= 0;
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }
}
