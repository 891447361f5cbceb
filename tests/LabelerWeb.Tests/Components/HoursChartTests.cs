using Bunit;
using Labeler.Web.Features.Dashboard;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class HoursChartTests : BunitContext
{
    public HoursChartTests() => Services.AddLocalization();

    [Fact]
    public void Without_an_hour_there_is_an_empty_grid_and_no_column()
    {
        var chart = Render<HoursChart>();
        Assert.Equal("Votes per hour, at most 1", chart.Find("svg").GetAttribute("aria-label"));
        Assert.Empty(chart.FindAll("rect"));
        Assert.Equal(["0", "1"], chart.FindAll("text.end").Select(text => text.TextContent));
    }

    [Fact]
    public void Columns_are_as_high_as_their_votes_and_every_fourth_hour_is_named()
    {
        var night = new DateTimeOffset(2025, 3, 1, 3, 0, 0, TimeSpan.Zero);
        var chart = Render<HoursChart>(c => c.Add(hours => hours.Hours, [new(night, 2), new(night.AddHours(1), 0), new(night.AddHours(2), 8)]));
        Assert.Equal(["47", "0", "188"], chart.FindAll("rect").Select(column => column.GetAttribute("height")));
        Assert.Equal(["153", "200", "12"], chart.FindAll("rect").Select(column => column.GetAttribute("y")));
        Assert.Equal(["1 Mar 03:00: 2", "1 Mar 04:00: 0", "1 Mar 05:00: 8"], chart.FindAll("title").Select(title => title.TextContent));
        Assert.Equal("04:00", Assert.Single(chart.FindAll("text.middle")).TextContent);
    }
}
