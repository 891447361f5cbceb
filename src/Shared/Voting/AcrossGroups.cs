namespace Labeler.Shared.Voting;

/// <summary>
/// Pairs between groups of one prompt, so that groups whose images were all judged alike teach. Each group meets one other, the best
/// judged the worst judged, the second best the second worst, and so on: that gives most pairs, and two groups still fit into one step of
/// training.
/// </summary>
internal static class AcrossGroups
{
    /// <param name="groups">Judged groups in their order, which decides between those judged alike; those without a standing meet
    /// nobody.</param>
    /// <param name="prompts">Prompt of each group.</param>
    /// <returns>By the winner's group.</returns>
    public static ILookup<long, Preference> Pairs(IEnumerable<(long Group, IReadOnlyList<Standing> Images)> groups,
        IReadOnlyDictionary<long, string> prompts)
    {
        var pairs = new List<(long Group, Preference Pair)>();
        var known = groups.Where(one => one.Images.Count > 0 && prompts.ContainsKey(one.Group));
        foreach (var prompt in known.GroupBy(one => prompts[one.Group]))
        {
            var ranked = prompt.OrderByDescending(one => one.Images.Average(image => image.Rank)).ToList();
            for (var best = 0; best < ranked.Count / 2; best++)
            {
                var (better, worse) = (ranked[best], ranked[ranked.Count - 1 - best]);
                pairs.AddRange(Between(better, worse));
                pairs.AddRange(Between(worse, better));
            }
        }
        return pairs.ToLookup(one => one.Group, one => one.Pair);
    }

    private static IEnumerable<(long Group, Preference Pair)> Between((long Group, IReadOnlyList<Standing> Images) winners,
        (long Group, IReadOnlyList<Standing> Images) losers) =>
        from winner in winners.Images.OrderBy(image => image.Index)
        from loser in losers.Images.OrderBy(image => image.Index)
        let lead = Standing.Lead(winner, loser)
        where lead is not null
        select (winners.Group, new Preference(winner.Index, loser.Index, lead.Value, losers.Group));
}
