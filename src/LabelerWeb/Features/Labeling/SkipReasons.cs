namespace Labeler.Web.Features.Labeling;

/// <summary>Why somebody is not sure. A vote keeps the English words, or a person's own.</summary>
public static class SkipReasons
{
    public static readonly string[] All =
    [
        Texts.Key("Cannot tell"), Texts.Key("The guidelines do not say"), Texts.Key("The picture is broken"),
        Texts.Key("I do not want to look at this"),
    ];

    public static string Text(string reason, IStringLocalizer<Texts> texts) => All.Contains(reason) ? texts[reason] : reason;
}
