using Bunit;
using Labeler.Web.Components.Figures;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class FigureTests : BunitContext
{
    public FigureTests() => Services.AddLocalization();

    [Fact]
    public void A_chart_has_its_numbers_as_a_table_and_a_link_to_them_as_csv()
    {
        var table = new FigureTable("wins/of & against", "Wins", ["Who", "Share", "Votes"], [["<b>Ann</b>", 0.25, 4], ["Bo", double.NaN, null]]);
        var figure = Render<Figure>(f => f.Add(x => x.Folder, "compare/runs").Add(x => x.Query, "?run=1&run=2").Add(x => x.Table, table).AddChildContent("<svg></svg>"));
        Assert.Equal("compare/runs/wins/of%20%26%20against.csv?run=1&run=2", figure.Find("a[download]").GetAttribute("href"));
        Assert.Equal("Wins", figure.Find("h2").TextContent);
        Assert.NotNull(figure.Find("section > svg"));
        // Texts stand at the left, numbers at the right, and what somebody wrote stays text.
        Assert.Equal(["", "number", "number"], figure.FindAll("th").Select(head => head.ClassName));
        Assert.Equal(["<b>Ann</b>", "0.250", "4", "Bo", "–", ""], figure.FindAll("td").Select(cell => cell.TextContent));
        Assert.Equal(["", "number", "number"], figure.FindAll("tbody tr:first-child td").Select(cell => cell.ClassName));
    }

    [Fact]
    public void The_numbers_are_folded_unless_they_are_asked_for()
    {
        var table = new FigureTable("empty", "Nothing yet", ["Who"], []);
        Assert.False(Render<Figure>(f => f.Add(x => x.Table, table)).Find("details").HasAttribute("open"));
        var open = Render<Figure>(f => f.Add(x => x.Table, table).Add(x => x.Open, true));
        Assert.True(open.Find("details").HasAttribute("open"));
        Assert.Empty(open.FindAll("tbody tr"));
    }
}
