using System.Globalization;

namespace Labeler.Shared.Exports;

/// <summary>Lines of comma-separated values (RFC 4180), numbers and times written the same everywhere.</summary>
public static class Csv
{
    public static string Line(params IEnumerable<object?> cells) => string.Join(',', cells.Select(Cell));

    private static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            string typed => Harmless(typed),
            bool yes => yes ? "true" : "false",
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            Enum name => name.ToString(),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    // A spreadsheet runs a cell that starts like this as a formula; an apostrophe keeps what people typed as text.
    private static string Harmless(string text) => text.Length > 0 && "=+-@\t\r".Contains(text[0]) ? "'" + text : text;
}
