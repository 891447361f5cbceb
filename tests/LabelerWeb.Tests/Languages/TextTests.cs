using System.Text.RegularExpressions;
using Labeler.Tests.Support;
using Labeler.Web.Components.Languages;

namespace Labeler.Web.Tests.Languages;

public sealed partial class TextTests
{
    [Fact]
    public void Every_text_that_pages_look_up_has_a_Chinese_one()
    {
        Assert.NotEmpty(SourceTexts.OfPages);
        None(SourceTexts.OfPages.Where(text => !SourceTexts.Chinese.ContainsKey(text.Text)).Select(text => $"{SameInChinese.Add(text.Text)} (in {text.File})"));
    }

    [Fact]
    public void Scripts_are_given_the_texts_that_they_ask_for_and_each_has_a_Chinese_one()
    {
        Assert.NotEmpty(SourceTexts.OfScripts);
        Assert.Equal(SourceTexts.OfScripts.Order(StringComparer.Ordinal), ScriptKeys.All.Order(StringComparer.Ordinal));
        None(ScriptKeys.All.Where(text => !SourceTexts.Chinese.ContainsKey(text)).Select(SameInChinese.Add));
    }

    [Fact]
    public void Every_algorithm_kind_of_reward_format_and_setting_has_Chinese_texts() => None(WithoutChinese(TableTexts.All));

    [Fact]
    public void A_text_of_a_table_without_a_Chinese_one_is_told_and_a_method_s_name_needs_none()
    {
        Assert.Equal(["add to Texts.zh-Hans.resx: Diffusion-hinge"], WithoutChinese(["Diffusion-hinge", "Diffusion-KTO", "Learning rate"]));
        Assert.Superset(new HashSet<string> { "DPOK", "DDPO with a term that holds the model near the base model (arXiv 2305.16381).", "Small JPEG files",
            "A reward model that learned from people's votes here, and was accepted.", "Beta", "Step size of AdamW.", "A checkpoint in the diffusers folder layout." }, TableTexts.All.ToHashSet());
    }

    [Fact]
    public void The_Chinese_texts_stand_in_the_order_of_the_English_ones() =>
        None(SourceTexts.Chinese.Keys.Zip(SourceTexts.Chinese.Keys.Skip(1)).Where(pair => string.CompareOrdinal(pair.First, pair.Second) > 0).Select(pair => $"before {pair.First}: {pair.Second}"));

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

    private static IEnumerable<string> WithoutChinese(IEnumerable<string> texts) =>
        texts.Where(text => !SourceTexts.Chinese.ContainsKey(text) && SameInChinese.Words(text).Any()).Select(SameInChinese.Add);

    private static IEnumerable<string> Figures(string text) => Figure().Matches(text).Select(figure => figure.Value).Distinct().Order(StringComparer.Ordinal);

    // One line for each, so that a failure names all of them.
    private static void None(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join("\n", wrong.Distinct()));

    [GeneratedRegex(@"\{\d[^}]*\}")]
    private static partial Regex Figure();
}
