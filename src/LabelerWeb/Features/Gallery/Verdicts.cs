namespace Labeler.Web.Features.Gallery;

/// <summary>Which images the gallery shows, by what people said of them.</summary>
public static class Verdicts
{
    public static readonly (string Value, string Text)[] All =
    [
        ("all", "all images"), ("normal", "judged normal"), ("flagged", "flagged"), ("deformed", "flagged as deformed"),
        ("unsafe", "flagged as unsafe"), ("unjudged", "not judged yet"),
    ];

    public static bool Matches(this ImageTally image, string show) => show switch
    {
        "normal" => image.Votes > 0 && image.IsNormal,
        "flagged" => image.Votes > 0 && !image.IsNormal,
        "deformed" => image.Votes > 0 && 2 * image.Deformed >= image.Votes,
        "unsafe" => image.Votes > 0 && 2 * image.Unsafe >= image.Votes,
        "unjudged" => image.Votes == 0,
        _ => true,
    };
}
