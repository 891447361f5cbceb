using System.Text.Json;
using Labeler.Shared.Training;

namespace Labeler.Shared.Exports;

/// <summary>The preferences of a manifest, one pair a line: what training used, or would use now.</summary>
public static class PairExport
{
    public static Task WriteCsv(Manifest manifest, TextWriter output) => Csv.Write(
        output, ["group", "prompt", "seed", "winner", "loser", "weight", "winner_image", "loser_image", "trajectory", "loser_group"],
        Pairs(manifest).Select(one => new object?[]
        {
            one.Group.Id, one.Group.Prompt, one.Group.Seed, one.Pair.Winner, one.Pair.Loser, one.Pair.Weight,
            one.Group.Images[one.Pair.Winner], one.LoserImage, one.Group.Trajectory, one.Pair.LoserGroup,
        }).ToAsyncEnumerable(), output.NewLine);

    public static async Task WriteJsonLines(Manifest manifest, TextWriter output)
    {
        foreach (var (group, pair, loserImage) in Pairs(manifest))
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
                LoserImage = loserImage,
                group.Trajectory,
                pair.LoserGroup,
            }, JsonText.Options));
        }
    }

    // The loser of a pair across groups lies in another group, whose id is named.
    private static IEnumerable<(ManifestGroup Group, ManifestPreference Pair, string LoserImage)> Pairs(Manifest manifest)
    {
        var groups = manifest.Groups.ToDictionary(group => group.Id);
        return from g in manifest.Groups from pair in g.Preferences select (g, pair, groups[pair.LoserGroup ?? g.Id].Images[pair.Loser]);
    }
}
