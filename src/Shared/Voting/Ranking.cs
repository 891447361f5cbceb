namespace Labeler.Shared.Voting;

/// <summary>
/// What rankings of a group's images come to: all of their n(n − 1)/2 pairs. Each pair has 1/(n(n − 1)/2) of its ranking's weight
/// (InstructGPT, arXiv 2203.02155, eq. 1), so that a ranking of any length weighs as much as one vote on a pair; tied images make no pair,
/// and their share is lost.
/// </summary>
internal static class Ranking
{
    /// <summary>Pairs of n images.</summary>
    public static int PairsOf(int images) => images * (images - 1) / 2;

    /// <summary>Pairs of a better and a worse image, ties left out.</summary>
    public static int PairsOf(RankVerdict ranking) =>
        PairsOf(ranking.Order.Sum(tied => tied.Count)) - ranking.Order.Sum(tied => PairsOf(tied.Count));

    /// <summary>The place of each image by its index, 0 for the best; tied ones share one.</summary>
    public static int[] Places(RankVerdict ranking)
    {
        var places = new int[ranking.Order.Sum(tied => tied.Count)];
        for (var place = 0; place < ranking.Order.Count; place++)
        {
            foreach (var index in ranking.Order[place])
            {
                places[index] = place;
            }
        }
        return places;
    }

    /// <summary>Every two images, and which is better: 1 the first, −1 the second, 0 for a tie.</summary>
    public static IEnumerable<(int First, int Second, int Better)> Comparisons(RankVerdict ranking)
    {
        var places = Places(ranking);
        return from first in Enumerable.Range(0, places.Length)
               from second in Enumerable.Range(first + 1, places.Length - first - 1)
               select (first, second, Math.Sign(places[second] - places[first]));
    }

    /// <summary>The pairs that one or several people's rankings of a group give. As with votes on a pair, each two images go to the one
    /// that more people placed higher, by the share of people that are more.</summary>
    public static IEnumerable<Preference> Pairs(IReadOnlyCollection<Vote> votes)
    {
        var balances = Balances(votes).ToList();
        foreach (var (first, second, balance) in balances.Where(two => two.Balance != 0))
        {
            var weight = Math.Abs(balance) / balances.Count;
            yield return balance > 0 ? new(first, second, weight) : new(second, first, weight);
        }
    }

    /// <summary>How the images stand: each against all others, from −1 where everybody placed it below them to 1 where everybody placed it
    /// above.</summary>
    public static IEnumerable<Standing> Standings(IReadOnlyCollection<Vote> votes) =>
        from two in Balances(votes)
        from side in new[] { (Index: two.First, Said: two.Balance), (Index: two.Second, Said: -two.Balance) }
        group side.Said by side.Index into all
        select new Standing(all.Key, all.Average(), null, all.Average());

    private static IEnumerable<(int First, int Second, double Balance)> Balances(IReadOnlyCollection<Vote> votes) =>
        from one in votes.SelectMany(vote => Comparisons((RankVerdict)vote.Verdict!))
        group one.Better by (one.First, one.Second) into said
        select (said.Key.First, said.Key.Second, said.Average());
}
