using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Labeler.Shared.Storage;

/// <summary>
/// The one reader of text files: UTF-8, or UTF-16 or UTF-32 where a byte order mark says so. What is no such text is an error with its
/// place, never replaced by another character.
/// </summary>
public static class StrictText
{
    private static readonly byte[] Utf8Mark = [0xEF, 0xBB, 0xBF];

    /// <exception cref="LabelerException">It is not text; names the file, the line and the column.</exception>
    public static string Read(string path) => Decode(File.ReadAllBytes(path), path);

    /// <summary>The file's lines, without their ends.</summary>
    /// <exception cref="LabelerException">It is not text; names the file, the line and the column.</exception>
    public static IReadOnlyList<string> ReadLines(string path) => Lines(Read(path));

    /// <summary>A text's lines, without their ends.</summary>
    public static IReadOnlyList<string> Lines(string text)
    {
        var lines = new List<string>();
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }
        return lines;
    }

    /// <param name="name">What an error calls it.</param>
    /// <exception cref="LabelerException">It is not text; names the line and the column.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        var text = bytes switch
        {
            [0xFF, 0xFE, 0, 0, ..] => Wide(bytes[4..], 4, bigEndian: false, name),
            [0, 0, 0xFE, 0xFF, ..] => Wide(bytes[4..], 4, bigEndian: true, name),
            [0xFF, 0xFE, ..] => Wide(bytes[2..], 2, bigEndian: false, name),
            [0xFE, 0xFF, ..] => Wide(bytes[2..], 2, bigEndian: true, name),
            _ => Narrow(bytes.StartsWith(Utf8Mark) ? bytes[Utf8Mark.Length..] : bytes, name),
        };
        return text.IndexOf('\0', StringComparison.Ordinal) is var zero and >= 0
            ? throw At(name, text[..zero], "a zero byte is no text; save the file as UTF-8") : text;
    }

    private static string Narrow(ReadOnlySpan<byte> bytes, string name)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }
        var before = Encoding.UTF8.GetString(bytes[..at]);
        throw At(name, before, $"the byte 0x{bytes[at]:X2} is not text in UTF-8; save the file as UTF-8");
    }

    /// <param name="size">Bytes of a unit: 2 of UTF-16, 4 of UTF-32.</param>
    private static string Wide(ReadOnlySpan<byte> bytes, int size, bool bigEndian, string name)
    {
        var text = new StringBuilder(bytes.Length / size);
        for (var at = 0; at < bytes.Length;)
        {
            if (Next(bytes[at..], size, bigEndian) is not { } letter)
            {
                throw At(name, text.ToString(), $"this is no UTF-{8 * size}, which the file begins as; save it as UTF-8");
            }
            text.Append(letter.ToString());
            at += size == 2 ? 2 * letter.Utf16SequenceLength : size;
        }
        return text.ToString();
    }

    private static Rune? Next(ReadOnlySpan<byte> bytes, int size, bool bigEndian)
    {
        if (bytes.Length < size)
        {
            return null;
        }
        if (size == 4)
        {
            var value = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            return Rune.TryCreate(value, out var letter) ? letter : null;
        }
        var first = Unit(bytes, bigEndian);
        return Rune.TryCreate(first, out var single) ? single
            : bytes.Length >= 4 && Rune.TryCreate(first, Unit(bytes[2..], bigEndian), out var pair) ? pair
            : null;
    }

    private static char Unit(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        (char)(bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes));

    /// <param name="before">What stands before the fault.</param>
    private static LabelerException At(string name, string before, string fault)
    {
        var lines = before.ReplaceLineEndings("\n").Split('\n');
        return new($"{name}, line {lines.Length}, column {lines[^1].EnumerateRunes().Count() + 1}: {fault}.");
    }
}
