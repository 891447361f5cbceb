using Bunit;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Web.Features.Dashboard;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

/// <summary>Where rates and their intervals stand in the drawing: 0 % at 240 down, 100 % at 12.</summary>
public sealed class RateChartTests : BunitContext
{
    public RateChartTests() => Services.AddLocalization();

    private static readonly Proportion QuarterToThreeQuarters = new(5, 10, .5, .25, .75), HalfToAll = new(9, 12, .75, .5, 1);

    [Fact]
    public void Every_rate_stands_on_its_line_with_a_whisker_over_its_interval()
    {
        var chart = Draw(FlagKinds.Deformed, Rates(1, QuarterToThreeQuarters), Rates(2, HalfToAll));
        Assert.Equal("183,126 437,69", chart.Find("polyline").GetAttribute("points"));
        Assert.Equal(
            ["M 183,69 V 183 m -4,0 h 8 M 183,69 m -4,0 h 8", "M 437,12 V 126 m -4,0 h 8 M 437,12 m -4,0 h 8"],
            chart.FindAll("path.whisker").Select(whisker => whisker.GetAttribute("d")));
        Assert.Equal([("183", "126"), ("437", "69")], chart.FindAll("circle").Select(circle => (circle.GetAttribute("cx"), circle.GetAttribute("cy"))));
        Assert.Equal(
            ["Normal, epoch 1: 50.0 %, 95 % between 25.0 % and 75.0 %", "Normal, epoch 2: 75.0 %, 95 % between 50.0 % and 100.0 %"],
            chart.FindAll("title").Select(title => title.TextContent));
        Assert.Equal(["epoch 1", "epoch 2"], chart.FindAll("text.middle").Select(text => text.TextContent));
    }

    [Fact]
    public void Two_kinds_of_flag_are_drawn_beside_each_other_in_colors_of_their_own()
    {
        var chart = Draw(FlagKinds.Deformed | FlagKinds.Unsafe, Rates(1, QuarterToThreeQuarters));
        Assert.Equal(["color: var(--series-1)", "color: var(--series-3)"], chart.FindAll("g").Select(line => line.GetAttribute("style")));
        Assert.Equal(["306", "314"], chart.FindAll("circle").Select(circle => circle.GetAttribute("cx")));
        Assert.Equal(["Normal", "Safe"], chart.FindAll("g > text").Select(text => text.TextContent));
    }

    [Fact]
    public void An_epoch_without_a_vote_may_be_anything()
    {
        var chart = Draw(FlagKinds.Deformed, Rates(1, Proportion.Wilson(0, 0)));
        Assert.Equal("M 310,12 V 240 m -4,0 h 8 M 310,12 m -4,0 h 8", chart.Find("path.whisker").GetAttribute("d"));
    }

    [Fact]
    public void A_project_s_goal_is_a_line_across_the_drawing_and_a_project_without_one_has_none()
    {
        Assert.Empty(Draw(FlagKinds.Deformed, Rates(1, HalfToAll)).FindAll(".goal"));
        var chart = Render<RateChart>(one => one.Add(c => c.Rates, [Rates(1, HalfToAll)]).Add(c => c.Flags, FlagKinds.Deformed).Add(c => c.Goal, .75));
        Assert.Equal(("69", "69"), (chart.Find("line.goal").GetAttribute("y1"), chart.Find("line.goal").GetAttribute("y2")));
        Assert.Equal("goal 75 %", chart.Find("text.goal").TextContent);
    }

    [Fact]
    public void The_newest_rates_say_whether_the_goal_is_reached_beyond_chance()
    {
        Assert.Equal("within what chance allows", Reached(.75));
        Assert.Equal("reached", Reached(.5));
        Assert.Equal("not reached yet", Reached(1.01));
        Assert.Equal("", Reached(null));

        string Reached(double? goal)
        {
            var tiles = Render<RateTiles>(one => one.Add(c => c.Rates, [Rates(1, HalfToAll)]).Add(c => c.Flags, FlagKinds.Unsafe).Add(c => c.Goal, goal));
            return tiles.FindAll(".badge").FirstOrDefault()?.ParentElement!.TextContent.Trim().Split(" %")[^1].Trim() ?? "";
        }
    }

    private IRenderedComponent<RateChart> Draw(FlagKinds flags, params EpochRates[] rates) => Render<RateChart>(chart => chart.Add(c => c.Rates, rates).Add(c => c.Flags, flags));

    private static EpochRates Rates(int number, Proportion rate) => new(number, number, EpochState.Labeling, rate, rate, rate);
}
