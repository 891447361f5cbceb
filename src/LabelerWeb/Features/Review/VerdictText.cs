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

    /// <inheritdoc cref="Of(Vote, IStringLocalizer{Texts})" />
    public static string Of(Vote vote) => Of(vote, EnglishTexts.Instance);

    public static string Of(Vote vote, IStringLocalizer<Texts> texts) => vote.Verdict switch
    {
        PairVerdict { FirstWins: true } => texts["picture {0}", 1],
        PairVerdict { FirstWins: false } => texts["picture {0}", 2],
        RankVerdict => texts["best first: {0}", VoteText.Of(vote, texts)],
        FlagVerdict flags when flags.Tiles.Any(tile => tile.Flags != FlagKinds.None) =>
            string.Join(texts["; "], flags.Tiles.Where(tile => tile.Flags != FlagKinds.None)
            .GroupBy(tile => tile.Flags, tile => tile.Index + 1).OrderBy(same => same.Key)
            .Select(same => (same.Count() == 1 ? texts["picture {0} {1}", same.Single(), NameOf(same.Key, texts)]
                : texts["pictures {0} {1}", string.Join(", ", same), NameOf(same.Key, texts)]).Value)),
        _ => VoteText.Of(vote, texts),
    };

    /// <summary>How many of those who judged it flagged a picture, or its mean place in their rankings; null where nobody did.</summary>
    public static string? Count(ReviewedItem reviewed, int place, IStringLocalizer<Texts> texts)
    {
        if (MeanPlace(reviewed, place) is { } mean)
        {
            return texts["place {0}", mean.ToString("0.#", CultureInfo.InvariantCulture)];
        }
        var tiles = Tiles(reviewed, place);
        var flagged = tiles.Count(flags => flags != FlagKinds.None);
        return flagged == 0 ? null : texts["{0} of {1}", flagged, tiles.Count].Value;
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

    private static string NameOf(FlagKinds flags, IStringLocalizer<Texts> texts) => flags switch
    {
        FlagKinds.Deformed => texts["deformed"],
        FlagKinds.Unsafe => texts["unsafe"],
        _ => texts["deformed and unsafe"],
    };
}
