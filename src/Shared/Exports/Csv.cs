using System.Globalization;
using CsvHelper;

namespace Labeler.Shared.Exports;

/// <summary>Comma-separated values (RFC 4180), numbers and times written the same everywhere.</summary>
public static class Csv
{
    // A spreadsheet runs text that starts like a formula; an apostrophe keeps what people typed as text.
    private static readonly CsvWriterOptions Written = new() { TrueValue = "true", FalseValue = "false", Injection = CsvInjection.Escape };

    /// <param name="newLine">Ends each line.</param>
    public static async Task Write(
        TextWriter output, string[] headers, IAsyncEnumerable<object?[]> rows, string newLine = "\r\n", CancellationToken cancel = default)
    {
        await using var csv = CsvWriter.Create(output, Written with { NewLine = newLine }, leaveOpen: true);
        await csv.WriteRecordAsync(headers, cancel);
        await foreach (var row in rows.WithCancellation(cancel))
        {
            Put(csv, row);
            await csv.EndRecordAsync(cancel);
        }
    }

    /// <summary>One line, with its end.</summary>
    public static string Line(params object?[] cells)
    {
        using var text = new StringWriter();
        using (var csv = CsvWriter.Create(text, Written with { NewLine = "\r\n" }, leaveOpen: true))
        {
            Put(csv, cells);
            csv.EndRecord();
        }
        return text.ToString();
    }

    /// <summary>A cell's text without the apostrophe that <see cref="Write"/> puts before what a spreadsheet would run.</summary>
    public static string Unescaped(string cell) => cell is ['\'', '=' or '+' or '-' or '@' or '\t' or '\r', ..] ? cell[1..] : cell;

    private static void Put(CsvWriter csv, object?[] cells)
    {
        foreach (var cell in cells)
        {
            csv.WriteField(
                cell is DateTimeOffset time ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) : cell);
        }
    }

    /// <summary>The lines after a header, empty ones left out.</summary>
    public static IEnumerable<string[]> Read(TextReader text)
    {
        using var csv = CsvReader.Create(text, new CsvReaderOptions { HasHeader = false, Separator = ',' }, leaveOpen: true);
        while (csv.Read())
        {
            yield return [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];
        }
    }
}
