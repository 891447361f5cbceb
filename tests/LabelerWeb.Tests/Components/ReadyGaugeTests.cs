using Bunit;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.Web.Features.Epochs;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class ReadyGaugeTests : BunitContext
{
    public ReadyGaugeTests() => Services.AddLocalization();

    [Fact]
    public void Before_the_first_vote_it_gathers_and_nothing_is_left_out()
    {
        var gauge = Show(new([], []), open: 4);
        Assert.Equal(("Gathering signal", "0 of 6 usable pairs"), (gauge.Find("strong").TextContent, gauge.Find(".number").TextContent));
        Assert.Equal("0", gauge.Find("progress").GetAttribute("value"));
        Assert.Equal(["0 of 4", "0", "0", "0"], gauge.FindAll("dd").Select(fact => fact.TextContent));
        Assert.Empty(gauge.FindAll("table"));
    }

    [Fact]
    public void With_enough_pairs_it_is_ready_and_says_why_votes_teach_nothing_the_commonest_reason_first()
    {
        ExcludedVote[] excluded = [new(1, Guid.Empty, Exclusion.Skipped), new(2, Guid.Empty, Exclusion.NoDifference), new(3, Guid.Empty, Exclusion.NoDifference)];
        var pairs = Enumerable.Range(1, 8).Select(loser => new Preference(0, loser, 1)).ToArray();
        var gauge = Show(new([new(1, pairs, [4])], excluded), open: 2);
        Assert.Equal(("Ready to train", "8 of 6 usable pairs"), (gauge.Find("strong").TextContent, gauge.Find(".number").TextContent));
        // The bar ends at the budget.
        Assert.Equal(("6", "6"), (gauge.Find("progress").GetAttribute("value"), gauge.Find("progress").GetAttribute("max")));
        Assert.Equal(["2 of 4", "1", "8", "3"], gauge.FindAll("dd").Select(fact => fact.TextContent));
        Assert.Equal(
            ["All images of its group were judged alike, or tied", "2", "Not sure", "1"],
            gauge.FindAll("tbody td").Select(cell => cell.TextContent));
    }

    [Fact]
    public void Images_judged_alone_are_counted_as_such()
    {
        var gauge = Show(new([new(1, [], [4]) { Judgements = [new(0, true, 1), new(1, false, 1)] }], []) { OfImages = true }, open: 0);
        Assert.Equal(("Ready to train", "2 of 6 judged images"), (gauge.Find("strong").TextContent, gauge.Find(".number").TextContent));
        Assert.Equal("Judged images of the epoch's budget", gauge.Find("progress").GetAttribute("aria-label"));
        Assert.Contains("Images judged good or bad", gauge.FindAll("dt").Select(fact => fact.TextContent));
    }

    private IRenderedComponent<ReadyGauge> Show(Preferences preferences, int open)
    {
        var groups = preferences.Groups.Select(group => new ManifestGroup(group.GroupId, "a hand", 1, null, [], [], []));
        var manifest = new Manifest(Manifest.CurrentVersion, "hands", 1, "models/mirror-world", null, "d3po", new(), new(), [.. groups]);
        return Render<ReadyGauge>(c => c.Add(x => x.Plan, new TrainingPlan(manifest, preferences, Groups: 4, Items: 4, open)).Add(x => x.Settings, new ProjectSettings { SignalBudget = 6 }));
    }
}
