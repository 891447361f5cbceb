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
            foreach (var cell in row)
            {
                csv.WriteField(
                    cell is DateTimeOffset time ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
                        : cell);
            }
            await csv.EndRecordAsync(cancel);
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
