using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>What all votes on an image come to.</summary>
/// <param name="Rank">Higher is better; equal ranks make no pair.</param>
/// <param name="Share">Share of people who found it good, where that decides the weight.</param>
/// <param name="Verdict">From −1 where everybody finds it bad to 1 where everybody finds it good; 0 where that is open.</param>
internal readonly record struct Standing(int Index, double Rank, double? Share, double Verdict)
{
    // The published code averages its annotators' −1/0 labels; the share of flags is the same average. An image counts as flagged or normal
    // only by majority.
    public static IEnumerable<Standing> Flagged(IEnumerable<Vote> votes, ProjectSettings settings) => Flagged(
        from tile in votes.SelectMany(v => ((FlagVerdict)v.Verdict!).Tiles)
        where tile.WasSeen(settings)
        group tile.Flags != FlagKinds.None ? 1.0 : 0.0 by tile.Index into flags
        select (flags.Key, flags.Average()));

    /// <param name="images">The share of people who flagged it.</param>
    public static IEnumerable<Standing> Flagged(IEnumerable<(int Index, double Share)> images) =>
        images.Where(one => one.Share != 0.5)
            .Select(one => new Standing(one.Index, one.Share < 0.5 ? 1 : 0, 1 - one.Share, 1 - 2 * one.Share));

    // By the values that the options have now, so that votes from before they had any count too. An option without one leaves the image
    // out, where at least half of the people chose such a one. What lies above the middle of the scale is good.
    public static IEnumerable<Standing> Scored(Item item, IReadOnlyCollection<Vote> votes, ProjectSettings settings)
    {
        var values = settings.Choices.ToDictionary(choice => choice.Name, choice => choice.Value);
        var scores = votes.Select(v => values.GetValueOrDefault(((ChoiceVerdict)v.Verdict!).Name, v.Score)).OfType<double>().ToList();
        if (2 * scores.Count <= votes.Count)
        {
            return [];
        }
        var (mean, scale) = (scores.Average(), values.Values.OfType<double>().ToList());
        return [new(item.First!.Index, mean, null, scale.Count == 0 ? 0 : Math.Sign(mean - ((scale.Min() + scale.Max()) / 2)))];
    }

    /// <summary>Images that people compared: a win speaks for an image, a loss and "both bad" against it.</summary>
    public static IEnumerable<Standing> Compared(IEnumerable<(Item Item, List<Vote> Votes)> items) =>
        from item in items
        from side in new[] { (item.Item.First!.Index, IsFirst: true), (item.Item.Second!.Index, IsFirst: false) }
        let said = Mean(item.Votes, verdict => Of(verdict, side.IsFirst))
        group said by side.Index into all
        select new Standing(all.Key, all.Average(), null, all.Average());

    /// <summary>What people say on average: a vote that came with a set of others counts for as many as it stands for, as surely as they
    /// were.</summary>
    public static double Mean(IReadOnlyCollection<Vote> votes, Func<PairVerdict, double> said)
    {
        double Of(Vote vote) => said((PairVerdict)vote.Verdict!) * (vote.Weight ?? 1);
        // One vote's weight stays what it is, to the last digit.
        return votes.Count == 1 ? Of(votes.First())
            : votes.Sum(vote => Of(vote) * (vote.Voters ?? 1)) / votes.Sum(vote => vote.Voters ?? 1);
    }

    private static double Of(PairVerdict verdict, bool isFirst) => verdict switch
    {
        { Pick: PairPick.BothBad } => -1,
        { FirstWins: { } firstWins } => firstWins == isFirst ? 1 : -1,
        _ => 0,
    };

    /// <summary>All pairs of one group's images whose standings differ.</summary>
    public static IEnumerable<Preference> Pairs(IReadOnlyList<Standing> images) =>
        from winner in images.OrderBy(i => i.Index)
        from loser in images.OrderBy(i => i.Index)
        let lead = Lead(winner, loser)
        where lead is not null
        select new Preference(winner.Index, loser.Index, lead.Value);

    /// <summary>Is an image better than another, and how surely?</summary>
    public static double? Lead(Standing winner, Standing loser) =>
        winner.Rank > loser.Rank ? winner.Share - loser.Share ?? 1 : null;
}
