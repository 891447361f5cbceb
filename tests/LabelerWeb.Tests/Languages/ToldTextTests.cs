using System.Globalization;
using Labeler.Shared.Jobs;
using Labeler.Tests.Support;
using Labeler.Web.Components.Languages;
using Labeler.Web.Features.Projects;

namespace Labeler.Web.Tests.Languages;

/// <summary>What was written down in English, read in another language.</summary>
public sealed class ToldTextTests
{
    [Theory]
    [InlineData("There is no such epoch.", "没有这一轮。")]
    [InlineData("Epoch 12 failed: There is no such epoch.", "第 12 轮失败：没有这一轮。")]
    [InlineData("The files have more than 2.5 GiB together: import them in several parts. 1,200 of 9,000 were looked at and stay.", "文件合计超过 2.5 GiB：请分几次导入。9,000 个中已查看的 1,200 个会保留。")]
    [InlineData("Choose a project first. Nobody knows this sentence. There is no such epoch.", "请先选择项目。 Nobody knows this sentence. 没有这一轮。")]
    [InlineData("", "")]
    public void A_fault_is_read_in_Chinese_with_its_figures_in_their_places(string text, string chinese)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = Language.All[1].Culture;
            Assert.Equal(chinese, ToldTexts.Of(text));
            CultureInfo.CurrentUICulture = Language.All[0].Culture;
            Assert.Equal(text, ToldTexts.Of(text));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void Every_fault_that_people_see_has_a_Chinese_text()
    {
        var missing = SourceTexts.OfFaults.Where(text => !SourceTexts.Chinese.ContainsKey(text)).Distinct().Select(SameInChinese.Add).ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void Every_kind_of_work_has_a_name_of_its_own() =>
        Assert.Equal(Enum.GetValues<JobKind>().Length, Enum.GetValues<JobKind>().Select(DisplayNames.Of).Distinct().Count());
}
