using System.Text.Json;
using CsvHelper;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Gold;

/// <summary>One line of a file of known answers.</summary>
/// <param name="Number">The line, from 1.</param>
/// <param name="Item">An item's number; null where the line names its pictures in another way.</param>
/// <param name="Group">A group's number.</param>
/// <param name="File">A photo's name.</param>
/// <param name="Sha256">A picture's content hash.</param>
/// <param name="Note">Why it is right; null for no note.</param>
internal sealed record GoldLine(int Number, long? Item, long? Group, string? File, string? Sha256, Verdict Answer, string? Note);

/// <summary>Reads known answers from CSV or JSON lines, in the words of the exports of votes and photos; every fault names its
/// line.</summary>
internal static class GoldFile
{
    // What exports of votes and of curated photos hold besides; it says nothing about the answer.
    private static readonly HashSet<string> Ignored =
    [
        "vote", "kind", "prompt", "annotator", "seen", "flagged", "deformed", "unsafe", "score", "reason", "duration_ms", "client_time",
        "at",
        "surplus", "taken_back_by", "quarantine", "check", "checks", "durationMs", "clientTime", "takenBackBy",
        "photo", "votes", "caption", "caption_by", "width", "height", "text",
    ];

    private static readonly HashSet<string> Known = ["item", "group", "file", "file_name", "sha256", "verdict", "choice", "label", "note"];

    private static readonly CsvReaderOptions Strict = new()
    {
        HasHeader = false,
        Separator = ',',
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <param name="faults">Gets what is wrong with the lines, one each.</param>
    /// <exception cref="LabelerException">It is no text, or no such file at all.</exception>
    public static List<GoldLine> Read(byte[] file, string name, List<string> faults)
    {
        var text = StrictText.Decode(file, name);
        var read = new List<GoldLine>();
        try
        {
            foreach (var (number, cells) in text.TrimStart().StartsWith('{') ? JsonLines(text, faults) : CsvLines(text, name))
            {
                Add(number, cells);
            }
        }
        catch (CsvFormatException fault)
        {
            throw new LabelerException($"{name} is no CSV: {fault.Message}", fault);
        }
        return read;

        void Add(int number, Dictionary<string, string> cells)
        {
            try
            {
                read.Add(Line(number, cells));
            }
            catch (LabelerException fault)
            {
                faults.Add($"Line {number}: {fault.Message}");
            }
        }
    }

    private static IEnumerable<(int, Dictionary<string, string>)> CsvLines(string text, string name)
    {
        using var reader = new StringReader(text);
        using var csv = CsvReader.Create(reader, Strict, leaveOpen: true);
        LabelerException.ThrowIf(!csv.Read(), $"{name} is empty.");
        string[] headers = [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString).Select(header => header.Trim())];
        var unknown = headers.Where(header => !Known.Contains(header) && !Ignored.Contains(header)).ToList();
        LabelerException.ThrowIf(
            unknown.Count > 0, $"Line 1: there is no column \"{unknown.FirstOrDefault()}\" in a file of known answers.");
        LabelerException.ThrowIf(headers.Distinct().Count() < headers.Length, "Line 1: a column stands there twice.");
        while (csv.Read())
        {
            var number = (int)csv.LineNumber;
            string[] cells = [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];
            if (cells is [""] or [])
            {
                continue;
            }
            LabelerException.ThrowIf(
                cells.Length != headers.Length, $"Line {number}: it has {cells.Length} cells, and the first line {headers.Length}.");
            yield return (number, headers.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second));
        }
    }

    private static IEnumerable<(int, Dictionary<string, string>)> JsonLines(string text, List<string> faults)
    {
        foreach (var (line, number) in StrictText.Lines(text).Select((line, n) => (line, n + 1)).Where(one => one.line.Trim().Length > 0))
        {
            Dictionary<string, string>? cells = null;
            try
            {
                cells = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(line)!
                    .Where(pair => pair.Value.ValueKind != JsonValueKind.Null)
                    .ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
            }
            catch (JsonException)
            {
                faults.Add($"Line {number}: it is not one JSON object.");
            }
            if (cells?.Keys.FirstOrDefault(key => !Known.Contains(key) && !Ignored.Contains(key)) is { } unknown)
            {
                faults.Add($"Line {number}: there is no \"{unknown}\" in a file of known answers.");
            }
            else if (cells is not null)
            {
                yield return (number, cells);
            }
        }
    }

    private static GoldLine Line(int number, Dictionary<string, string> cells)
    {
        string? Cell(string name) => cells.GetValueOrDefault(name)?.Trim() is { Length: > 0 } cell ? cell : null;
        long? Number(string name) => Cell(name) is not { } cell ? null : long.TryParse(cell, out var value) ? value
            : throw new LabelerException($"\"{cell}\" is no {name}'s number.");
        var line = new GoldLine(number, Number("item"), Number("group"), Cell("file") ?? Cell("file_name"),
            Cell("sha256")?.ToLowerInvariant(), Answer(Cell("verdict"), Cell("choice") ?? Cell("label")), GoldAnswer.Note(Cell("note")));
        LabelerException.ThrowIf(
            line is { Item: null, Group: null, File: null, Sha256: null }, "it names no item, group, file or sha256.");
        return line;
    }

    private static Verdict Answer(string? verdict, string? choice)
    {
        if (verdict is null)
        {
            return choice is null ? throw new LabelerException("it gives no answer: fill in verdict, choice or label.")
                : new ChoiceVerdict(choice, Displayed: true, Unblurred: true);
        }
        try
        {
            return JsonText.Read<Verdict>(verdict) switch
            {
                SkipVerdict => throw new LabelerException("\"not sure\" is no right answer."),
                FlagVerdict { Tiles: null } => throw new LabelerException("its verdict has no tiles."),
                var answer => answer,
            };
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new LabelerException("its verdict is none that an export of votes would hold.", fault);
        }
    }
}
