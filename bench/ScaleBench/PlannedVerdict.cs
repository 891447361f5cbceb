using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Bench.Scaling;

/// <summary>What somebody says of an item of a task, and what is counted out of it; a few of each task, told again and again.</summary>
internal sealed record PlannedVerdict(Verdict Verdict, string Text, int Seen, int Flagged, string? Choice, double? Score)
{
    private static readonly Dictionary<LabelingTask, PlannedVerdict[]> All = new()
    {
        [LabelingTask.FlagBatch] = [.. Enumerable.Range(0, 24).Select(n => Flags(Plan.Chance(n)))],
        [LabelingTask.PreferPair] = [.. Enum.GetValues<PairPick>().SelectMany(pick => new[] { true, false }.Select(side => Pair(pick, side)))],
        [LabelingTask.Score] = [.. Scale.Rubric.Select(Scored)],
    };

    public static PlannedVerdict Of(LabelingTask task, long number) => All[task][Plan.Chance(number) % All[task].Length];

    private static PlannedVerdict Flags(long chance)
    {
        var tiles = Enumerable.Range(0, 7)
            .Select(n => new TileVerdict(n, (chance >> (3 * n)) % 4 == 0 ? FlagKinds.Deformed : FlagKinds.None, true, true)).ToList();
        return Of(new FlagVerdict(tiles), 7, tiles.Count(tile => tile.Flags != FlagKinds.None), null, null);
    }

    private static PlannedVerdict Pair(PairPick pick, bool firstOnLeft)
    {
        var verdict = new PairVerdict(pick, firstOnLeft, true, true);
        return Of(verdict, 2, 0, verdict.FirstWins switch { true => "first", false => "second", _ => pick == PairPick.Tie ? "tie" : "bothBad" }, null);
    }

    private static PlannedVerdict Scored(Choice choice) => Of(new ChoiceVerdict(choice.Name, true, true), 1, 0, choice.Name, choice.Value);

    private static PlannedVerdict Of(Verdict verdict, int seen, int flagged, string? choice, double? score) =>
        new(verdict, JsonText.Write(verdict), seen, flagged, choice, score);
}
