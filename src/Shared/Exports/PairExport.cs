using System.Text.Json;
using Labeler.Shared.Data;
using Labeler.Shared.Training;

namespace Labeler.Shared.Exports;

/// <summary>The preferences of a manifest, one pair a line: what training used, or would use now.</summary>
public static class PairExport
{
    public static async Task WriteCsv(Manifest manifest, TextWriter output)
    {
        await output.WriteLineAsync(Csv.Line("group", "prompt", "seed", "winner", "loser", "weight", "winner_image", "loser_image", "trajectory"));
        foreach (var (group, pair) in Pairs(manifest))
        {
            await output.WriteLineAsync(Csv.Line(
                group.Id, group.Prompt, group.Seed, pair.Winner, pair.Loser, pair.Weight, group.Images[pair.Winner], group.Images[pair.Loser], group.Trajectory));
        }
    }

    public static async Task WriteJsonLines(Manifest manifest, TextWriter output)
    {
        foreach (var (group, pair) in Pairs(manifest))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new
            {
                Group = group.Id,
                group.Prompt,
                group.Seed,
                pair.Winner,
                pair.Loser,
                pair.Weight,
                WinnerImage = group.Images[pair.Winner],
                LoserImage = group.Images[pair.Loser],
                group.Trajectory,
            }, JsonText.Options));
        }
    }

    private static IEnumerable<(ManifestGroup Group, ManifestPreference Pair)> Pairs(Manifest manifest) =>
        from g in manifest.Groups from pair in g.Preferences select (g, pair);
}
