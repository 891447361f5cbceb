namespace Labeler.Web.Components.Languages;

/// <summary>Every text in the language of whoever asks.</summary>
public sealed class KnownTexts : IStringLocalizer<Texts>
{
    public LocalizedString this[string name] => new(name, Texts.Of(name));

    public LocalizedString this[string name, params object[] arguments] =>
        new(name, string.Format(System.Globalization.CultureInfo.CurrentCulture, Texts.Of(name), arguments));

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
}
