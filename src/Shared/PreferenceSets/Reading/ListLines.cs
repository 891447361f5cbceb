using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Labeler.Shared.Exports;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>The rows of a list, read one after the other; a row that is none stands in its place with what is wrong.</summary>
internal static class ListLines
{
    public static IAsyncEnumerable<(ListedPair? Pair, string? Fault)> Read(string name, Stream list, long longest,
        CancellationToken cancel) =>
        Path.GetExtension(name) switch
        {
            ".csv" => Csvs(list),
            ".json" => Array(name, list, cancel),
            _ => Lines(list, longest, cancel),
        };

    private static async IAsyncEnumerable<(ListedPair? Pair, string? Fault)> Lines(Stream list, long longest,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var text = new StreamReader(list, Encoding.UTF8);
        await foreach (var line in LongLines.Read(text, longest, cancel))
        {
            if (line is null)
            {
                yield return (null, $"the line has more than {longest >> 20:N0} million characters");
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Json(line);
            }
        }
    }

    private static (ListedPair? Pair, string? Fault) Json(string line)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            return (ListedPair.Of(row.RootElement), null);
        }
        catch (JsonException)
        {
            return (null, "the line is no JSON");
        }
    }

    private static async IAsyncEnumerable<(ListedPair? Pair, string? Fault)> Array(string name, Stream list,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var rows = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(list, cancellationToken: cancel)
            .GetAsyncEnumerator(cancel);
        while (await Next(name, rows))
        {
            yield return (ListedPair.Of(rows.Current), null);
        }
    }

    private static async Task<bool> Next(string name, IAsyncEnumerator<JsonElement> rows)
    {
        try
        {
            return await rows.MoveNextAsync();
        }
        catch (JsonException error)
        {
            throw new LabelerException($"{name} cannot be read: it is truncated or no list in JSON ({error.Message}).", error);
        }
    }

    private static async IAsyncEnumerable<(ListedPair? Pair, string? Fault)> Csvs(Stream list)
    {
        await Task.CompletedTask;
        using var text = new StreamReader(list, Encoding.UTF8);
        string[]? header = null;
        foreach (var cells in Csv.Read(text))
        {
            if (header is null)
            {
                header = cells;
                continue;
            }
            var names = header;
            yield return (ListedPair.Of(column =>
                System.Array.IndexOf(names, column) is >= 0 and var at && at < cells.Length ? Csv.Unescaped(cells[at]) : null), null);
        }
    }
}
