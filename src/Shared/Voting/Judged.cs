using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>A group with the votes on it that count.</summary>
/// <param name="Images">What they come to, for each image about which they say something.</param>
internal sealed record Judged(long Group, IReadOnlyList<(Item Item, List<Vote> Votes)> Items, IReadOnlyList<Standing> Images)
{
    public IEnumerable<Vote> Votes => Items.SelectMany(i => i.Votes);

    public IReadOnlyList<ImageJudgement> Judgements =>
    [
        .. Images.Where(image => image.Verdict != 0).OrderBy(image => image.Index)
            .Select(image => new ImageJudgement(image.Index, image.Verdict > 0, Math.Abs(image.Verdict))),
    ];

    /// <summary>Its pairs: where people compared, the comparisons themselves; else all images whose standings differ.</summary>
    public IEnumerable<Preference> Pairs(LabelingTask task) => task switch
    {
        LabelingTask.PreferPair => Items.Select(i => Compared(i.Item, i.Votes)).OfType<Preference>(),
        LabelingTask.Rank => Items.SelectMany(i => Ranking.Pairs(i.Votes)),
        _ => Standing.Pairs(Images),
    };

    /// <summary>The votes that teach nothing, with the reason.</summary>
    /// <param name="inPair">Whether an image of the group is in a pair.</param>
    /// <param name="alone">Its images that teach by themselves.</param>
    public List<ExcludedVote> Silent(LabelingTask task, ProjectSettings settings, bool inPair, IReadOnlyList<ImageJudgement> alone)
    {
        if (task == LabelingTask.PreferPair)
        {
            var heard = alone.Select(one => one.Image).ToHashSet();
            return
            [
                .. Items.Where(i => Compared(i.Item, i.Votes) is null && !Decided(i.Item, heard))
                    .SelectMany(i => i.Votes.Select(v => new ExcludedVote(v.Id, v.AnnotatorId, WhyNoWinner(i.Votes)))),
            ];
        }
        if (inPair || alone.Count > 0)
        {
            return [];
        }
        var why = task switch
        {
            LabelingTask.FlagBatch => WhyAlike(settings),
            LabelingTask.Rank when Votes.Any(v => v.Score > 0) => Exclusion.Disagreement,
            _ => Exclusion.NoDifference,
        };
        return [.. Votes.OrderBy(v => v.Id).Select(v => new ExcludedVote(v.Id, v.AnnotatorId, why))];
    }

    private static bool Decided(Item item, HashSet<int> heard) => heard.Contains(item.First!.Index) || heard.Contains(item.Second!.Index);

    private static Preference? Compared(Item item, List<Vote> votes)
    {
        var balance = Standing.Mean(votes, verdict => verdict.FirstWins switch { true => 1.0, false => -1.0, null => 0.0 });
        return balance switch
        {
            > 0 => new(item.First!.Index, item.Second!.Index, balance),
            < 0 => new(item.Second!.Index, item.First!.Index, -balance),
            _ => null,
        };
    }

    private static Exclusion WhyNoWinner(List<Vote> votes) =>
        votes.All(v => ((PairVerdict)v.Verdict!).FirstWins is null) ? Exclusion.NoDifference : Exclusion.Disagreement;

    private Exclusion WhyAlike(ProjectSettings settings)
    {
        var split = from tile in Votes.SelectMany(v => ((FlagVerdict)v.Verdict!).Tiles)
                    where tile.WasSeen(settings)
                    group tile.Flags != FlagKinds.None by tile.Index into flags
                    select flags.Count(f => f) * 2 == flags.Count();
        return split.Any(s => s) ? Exclusion.Disagreement : Exclusion.NoDifference;
    }
}
