using Bunit;
using Labeler.Shared.Comparisons;
using Labeler.Web.Components.Charts;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

/// <summary>Where shares stand over 0 to 100 pictures: from 78 to 620 across, 0 % at 274 down, 100 % at 12.</summary>
public sealed class CurveChartTests : BunitContext
{
    public CurveChartTests() => Services.AddLocalization();

    [Fact]
    public void Measurements_of_one_run_have_their_intervals_as_whiskers()
    {
        var chart = Draw(new Curve("hands", [new(1, 0, .5, .25, .75), new(2, 100, 1, 1, 1)]));
        Assert.Equal("78,143 620,12", chart.Find("polyline").GetAttribute("points"));
        // One that is certain has none.
        Assert.Equal("M 78,77.5 V 208.5 m -4,0 h 8 M 78,77.5 m -4,0 h 8", Assert.Single(chart.FindAll("path.whisker")).GetAttribute("d"));
        Assert.Empty(chart.FindAll(".band"));
        Assert.Equal(["hands, after 0: 50 %, between 25 % and 75 %", "hands, after 100: 100 %"], chart.FindAll("title").Select(title => title.TextContent));
    }

    [Fact]
    public void The_spread_of_several_runs_is_a_band_around_their_mean()
    {
        var chart = Draw(new Curve("hands", [new(1, 0, .5, .25, .75, Runs: 3), new(2, 100, .75, .5, 1, Runs: 2)]));
        Assert.Equal("78,77.5 620,12 620,143 78,208.5", chart.Find("polygon.band").GetAttribute("points"));
        Assert.Empty(chart.FindAll("path.whisker"));
        Assert.Equal("hands (mean of 2 to 3 runs)", chart.Find(".legend li").TextContent.Trim());
    }

    [Fact]
    public void Curves_beyond_the_colors_are_told_apart_by_hollow_dots()
    {
        var chart = Draw([.. Enumerable.Range(0, 7).Select(n => new Curve($"run {n}", [new(1, 100, .5, .5, .5)]))]);
        Assert.Equal([.. Enumerable.Repeat("", 6), "hollow"], chart.FindAll("svg > g").Select(curve => curve.ClassName!.Trim()));
        Assert.Equal(["color: var(--series-1)", "color: var(--series-1)"], new[] { 0, 6 }.Select(n => chart.FindAll("svg > g")[n].GetAttribute("style")));
    }

    private IRenderedComponent<CurveChart> Draw(params Curve[] curves) =>
        Render<CurveChart>(chart => chart.Add(c => c.Title, "Rates").Add(c => c.Along, "pictures").Add(c => c.IsShare, true).Add(c => c.Curves, DrawnCurve.All(curves)));
}
