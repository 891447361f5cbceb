using System.Collections;
using System.Globalization;
using System.Resources;

namespace Labeler.Web.Components.Languages;

/// <summary>
/// The texts of pages. A text's name is the English text itself; Texts.zh-Hans.resx has the Chinese one. Components look it up in L; a
/// table of words that are shown later marks it by Key. TextTests finds both, and what has no Chinese text.
/// </summary>
public sealed class Texts
{
    // Chinese knows no capitals, and the file holds each text once.
    private static readonly ResourceManager Known = new(typeof(Texts)) { IgnoreCase = true };

    private Texts() { }

    /// <summary>The English texts that are known in Chinese.</summary>
    internal static IEnumerable<string> Keys =>
        Known.GetResourceSet(Language.All[1].Culture, createIfNotExists: true, tryParents: false)!.Cast<DictionaryEntry>()
            .Select(text => (string)text.Key);

    /// <summary>A text that is looked up where it is shown, in the language of whoever looks.</summary>
    public static string Key(string text) => text;

    /// <summary>A text in the language of whoever asks, where no localizer is at hand.</summary>
    public static string Of(string text) => Known.GetString(text, CultureInfo.CurrentUICulture) ?? text;

    /// <summary>A text with figures or names in it, as <see cref="Of" /> gives it.</summary>
    public static string Say(FormattableString text) =>
        string.Format(CultureInfo.InvariantCulture, Of(text.Format), text.GetArguments());
}

public static class Said
{
    /// <summary>What was wrong, in the language of whoever is told.</summary>
    public static string Of(this IStringLocalizer<Texts> texts, LabelerException fault) =>
        fault.Text is { } text ? texts[text.Format, text.GetArguments()!] : ToldTexts.Of(fault.Message);
}
