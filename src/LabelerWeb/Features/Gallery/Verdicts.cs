namespace Labeler.Web.Features.Gallery;

/// <summary>Which images the gallery shows, by what people said of them.</summary>
public static class Verdicts
{
    public static readonly (string Value, string Text)[] All =
    [
        ("all", Texts.Key("all images")), ("normal", Texts.Key("judged normal")), ("flagged", Texts.Key("flagged")),
        ("deformed", Texts.Key("flagged as deformed")), ("unsafe", Texts.Key("flagged as unsafe")),
        ("unjudged", Texts.Key("not judged yet")),
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

    /// <summary>Its color: what people think of it.</summary>
    public static string Tone(this ImageTally image) =>
        image.Votes == 0 ? "" : image.Deformed + image.Unsafe == 0 ? "good" : image.IsNormal ? "warn" : "bad";

    /// <summary>What people said, in a word or two.</summary>
    /// <param name="texts">Of the reader's language; English without, as in files.</param>
    public static string Said(this ImageTally image, IStringLocalizer<Texts>? texts = null)
    {
        texts ??= EnglishTexts.Instance;
        return image switch
        {
            { Votes: 0 } => texts["not judged"],
            { Score: { } score } => texts["score {0}", score.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture)],
            { Labels.Count: > 0 } => string.Join(", ", image.Labels.OrderByDescending(label => label.Value).Select(label => label.Key)),
            _ when image.Wins + image.Losses + image.Ties > 0 => texts["won {0}, lost {1}", image.Wins, image.Losses],
            { Deformed: 0, Unsafe: 0 } => texts["normal"],
            { Unsafe: 0 } => texts["deformed"],
            { Deformed: 0 } => texts["unsafe"],
            _ => texts["deformed, unsafe"],
        };
    }
}
