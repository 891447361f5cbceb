namespace Labeler.Web.Features.Review;

/// <summary>What a lead can look at, in words.</summary>
public static class ReviewShows
{
    public static readonly (ReviewFilter Value, string Text)[] All =
    [
        (ReviewFilter.Newest, Texts.Key("the newest votes")), (ReviewFilter.Split, Texts.Key("where people disagree")),
        (ReviewFilter.Checks, Texts.Key("checks to decide")),
        (ReviewFilter.Fast, Texts.Key("implausibly fast votes")), (ReviewFilter.Quarantined, Texts.Key("votes set aside")),
        (ReviewFilter.Gold, Texts.Key("gold items")),
    ];

    /// <summary>As it stands in addresses; what cannot be read is the newest.</summary>
    public static ReviewFilter Read(string? text) =>
        Enum.TryParse<ReviewFilter>(text, ignoreCase: true, out var asked) && Enum.IsDefined(asked) ? asked : ReviewFilter.Newest;
}
