using System.Globalization;
using Labeler.Web.Features.Labeling;

namespace Labeler.Web.Features.Review;

/// <summary>What people said about an item, in words and marks. Pictures count from 1 in the item's own order, not the shown one.</summary>
internal static class VerdictText
{
    public static IReadOnlyList<SampleImage> Images(Item item) => item switch
    {
        { First: { } first, Second: { } second } => [first, second],
        { First: { } only } => [only],
        _ => item.Group!.Images,
    };

    public static string Of(Vote vote) => vote.Verdict switch
    {
        PairVerdict { FirstWins: true } => "picture 1",
        PairVerdict { FirstWins: false } => "picture 2",
        RankVerdict => $"best first: {VoteText.Of(vote)}",
        FlagVerdict flags when flags.Tiles.Any(tile => tile.Flags != FlagKinds.None) =>
            string.Join("; ", flags.Tiles.Where(tile => tile.Flags != FlagKinds.None)
            .GroupBy(tile => tile.Flags, tile => tile.Index + 1).OrderBy(same => same.Key)
            .Select(same => $"{(same.Count() == 1 ? "picture" : "pictures")} {string.Join(", ", same)} {NameOf(same.Key)}")),
        _ => VoteText.Of(vote),
    };

    public static string OfCheck(Vote vote) => VoteText.OfCheck(vote);

    /// <summary>How many of those who judged it flagged a picture, or its mean place in their rankings; null where nobody did.</summary>
    public static string? Count(ReviewedItem reviewed, int place)
    {
        if (MeanPlace(reviewed, place) is { } mean)
        {
            return string.Create(CultureInfo.InvariantCulture, $"place {mean:0.#}");
        }
        var tiles = Tiles(reviewed, place);
        var flagged = tiles.Count(flags => flags != FlagKinds.None);
        return flagged == 0 ? null : $"{flagged} of {tiles.Count}";
    }

    public static string ClassOf(ReviewedItem reviewed, int place)
    {
        var tiles = Tiles(reviewed, place);
        string Mark(FlagKinds kind, string name) =>
            2 * tiles.Count(flags => flags.HasFlag(kind)) >= tiles.Count && tiles.Count > 0 ? name : "";
        return $"{Mark(FlagKinds.Deformed, "deformed")} {Mark(FlagKinds.Unsafe, "unsafe")}".Trim();
    }

    /// <summary>The picture that more people preferred or that stands highest in their rankings; null for a draw and for other
    /// tasks.</summary>
    public static int? Winner(ReviewedItem reviewed)
    {
        if (MeanPlace(reviewed, 0) is not null)
        {
            var places = Images(reviewed.Item).Select((_, n) => MeanPlace(reviewed, n)!.Value).ToList();
            return places.Count(place => place == places.Min()) == 1 ? places.IndexOf(places.Min()) : null;
        }
        var balance = Judgments(reviewed).OfType<PairVerdict>().Sum(pair => pair.FirstWins switch { true => 1, false => -1, null => 0 });
        return balance == 0 ? null : balance > 0 ? 0 : 1;
    }

    // From 1; tied pictures share the mean of the places that they take up.
    private static double? MeanPlace(ReviewedItem reviewed, int index)
    {
        var places = Judgments(reviewed).OfType<RankVerdict>().Select(ranking =>
        {
            var tied = ranking.Order.First(tied => tied.Contains(index));
            return ranking.Order.TakeWhile(others => others != tied).Sum(others => others.Count) + ((tied.Count + 1) / 2.0);
        }).ToList();
        return places.Count == 0 ? null : places.Average();
    }

    private static List<FlagKinds> Tiles(ReviewedItem reviewed, int place) =>
        [.. Judgments(reviewed).OfType<FlagVerdict>().SelectMany(flags => flags.Tiles).Where(tile => tile.Index == place && tile.Displayed)
            .Select(tile => tile.Flags)];

    private static IEnumerable<Verdict> Judgments(ReviewedItem reviewed) =>
        reviewed.Votes.Where(said => said.Vote.Quarantine is null).Select(said => said.Vote.Verdict!);

    private static string NameOf(FlagKinds flags) => flags switch
    {
        FlagKinds.Deformed => "deformed",
        FlagKinds.Unsafe => "unsafe",
        _ => "deformed and unsafe",
    };
}
