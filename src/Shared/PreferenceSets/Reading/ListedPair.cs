using System.Text.Json;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>A pair as a list names it, whoever's words the list uses.</summary>
/// <param name="Prompt">Null where the list gives none.</param>
/// <param name="First">A file's name or a data address.</param>
/// <param name="Label">1 where the first won, 0 where it lost, 0.5 for a tie; null where nobody has said.</param>
internal sealed record ListedPair(string? Prompt, string? First, string? Second, double? Label)
{
    /// <summary>Who stands behind the label.</summary>
    public Backing Backing { get; private init; }

    private static readonly string[] Prompts = ["prompt", "caption", "text"];
    private static readonly string[] Chosen = ["chosen", "chosen_file_name", "chosen_image", "winner"];
    private static readonly string[] Rejected = ["rejected", "rejected_file_name", "rejected_image", "loser"];
    private static readonly string[] Firsts = ["image_0", "image_0_file_name", "jpg_0", "image_1", "image1"];
    private static readonly string[] Seconds = ["image_1", "image_1_file_name", "jpg_1", "image_2", "image2"];

    /// <param name="value">A column's text by its name; null where the row has none.</param>
    public static ListedPair Of(Func<string, string?> value)
    {
        var (prompt, backing) = (Among(value, Prompts), Backing.Of(value("weight"), value("votes")));
        if (Among(value, Chosen) is { } chosen)
        {
            return new(prompt, chosen, Among(value, Rejected), 1) { Backing = backing };
        }
        // image_1 is the second picture where there is an image_0, and the first where there is an image_2.
        var from = value("image_0") is null && value("jpg_0") is null && value("image_0_file_name") is null ? 3 : 0;
        var (first, second) = (Among(value, Firsts[from..]), Among(value, Seconds[from..]) ?? Among(value, Seconds));
        return new(prompt, first, second, double.TryParse(
            value("label_0"), System.Globalization.CultureInfo.InvariantCulture, out var label) ? label : null)
        { Backing = backing };
    }

    /// <summary>A line of JSON, a task of Label Studio or a record of Argilla.</summary>
    public static ListedPair Of(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            return new(null, null, null, null);
        }
        if (row.TryGetProperty("data", out var task))
        {
            return Of(name => Text(task, name)) with { Label = Side(Selected(row), "left", "right") };
        }
        if (!row.TryGetProperty("fields", out var fields))
        {
            return Of(name => Text(row, name));
        }
        var said = row.TryGetProperty("metadata", out var metadata) ? Backing.Of(Text(metadata, "weight"), Text(metadata, "votes"))
            : default;
        return Of(name => Text(fields, name)) with { Label = Side(Answer(row), "image_1", "image_2"), Backing = said };
    }

    private static double? Side(string? said, string first, string second) => said == first ? 1 : said == second ? 0 : null;

    // What the first annotation chose that chose something.
    private static string? Selected(JsonElement task) => Items(task, "annotations").SelectMany(one => Items(one, "result"))
        .Select(one => one.TryGetProperty("value", out var value) ? Text(value, "selected") : null)
        .FirstOrDefault(side => side is not null);

    // What a person answered counts before what was suggested.
    private static string? Answer(JsonElement record) =>
        (record.TryGetProperty("responses", out var responses) ? Items(responses, "preference").Select(one => Text(one, "value")) : [])
            .FirstOrDefault(value => value is not null)
            ?? (record.TryGetProperty("suggestions", out var suggestions) && suggestions.ValueKind == JsonValueKind.Object
                && suggestions.TryGetProperty("preference", out var suggested) ? Text(suggested, "value") : null);

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object) : [];

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        } : null;

    private static string? Among(Func<string, string?> value, string[] names) =>
        names.Select(value).FirstOrDefault(text => text is not null);
}
