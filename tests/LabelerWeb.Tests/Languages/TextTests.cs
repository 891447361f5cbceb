using System.Text.RegularExpressions;
using Labeler.Web.Components.Languages;

namespace Labeler.Web.Tests.Languages;

public sealed partial class TextTests
{
    [Fact]
    public void Every_text_that_pages_look_up_has_a_Chinese_one()
    {
        Assert.NotEmpty(SourceTexts.OfPages);
        None(SourceTexts.OfPages.Where(text => !SourceTexts.Chinese.ContainsKey(text.Text)).Select(text => $"{text.File}: {text.Text}"));
    }

    [Fact]
    public void Scripts_are_given_the_texts_that_they_ask_for_and_each_has_a_Chinese_one()
    {
        Assert.NotEmpty(SourceTexts.OfScripts);
        Assert.Equal(SourceTexts.OfScripts.Order(StringComparer.Ordinal), ScriptKeys.All.Order(StringComparer.Ordinal));
        None(ScriptKeys.All.Where(text => !SourceTexts.Chinese.ContainsKey(text)));
    }

    [Fact]
    public void Every_Chinese_text_is_of_an_English_one_that_stands_in_the_source()
    {
        var used = SourceTexts.Quoted.Concat(SourceTexts.OfPages.Select(text => text.Text)).Concat(ScriptKeys.All).ToHashSet(StringComparer.OrdinalIgnoreCase);
        None(SourceTexts.Chinese.Keys.Where(text => !used.Contains(text)));
    }

    [Fact]
    public void A_Chinese_text_has_the_figures_of_its_English_one_and_no_space_at_its_ends()
    {
        None(SourceTexts.Chinese.Where(text => !Figures(text.Key).SequenceEqual(Figures(text.Value))).Select(text => $"{text.Key}: {text.Value}"));
        None(SourceTexts.Chinese.Values.Where(text => text.Length == 0 || text != text.Trim()));
    }

    private static IEnumerable<string> Figures(string text) => Figure().Matches(text).Select(figure => figure.Value).Distinct().Order(StringComparer.Ordinal);

    // One line for each, so that a failure names all of them.
    private static void None(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join("\n", wrong.Distinct()));

    [GeneratedRegex(@"\{\d[^}]*\}")]
    private static partial Regex Figure();
}
