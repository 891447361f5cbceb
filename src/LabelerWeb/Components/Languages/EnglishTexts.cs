namespace Labeler.Web.Components.Languages;

/// <summary>Every text as it stands in the code, for what is said in English to everybody.</summary>
public sealed class EnglishTexts : IStringLocalizer<Texts>
{
    public static readonly EnglishTexts Instance = new();

    private EnglishTexts() { }

    public LocalizedString this[string name] => new(name, name);

    public LocalizedString this[string name, params object[] arguments] =>
        new(name, string.Format(System.Globalization.CultureInfo.InvariantCulture, name, arguments));

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
}
