using Labeler.Shared.Comparisons;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Scoring;

namespace Labeler.Shared.Tests.RewardRuns;

public sealed class Runs_stop_by_their_rules
{
    private static readonly RewardRunOptions Options = new() { Epochs = 5, LeastDiversity = 50 };
    private static readonly Reward Bright = new("bright", RewardKind.Compressibility, new(), null, "Ada", DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_run_goes_on_while_no_rule_ends_it() => Assert.Null(StopRules.Why(Options, Standing([1, 2])));

    [Fact]
    public void It_ends_when_all_its_epochs_are_trained() =>
        Assert.Equal("All 5 epochs are trained.", StopRules.Why(Options, Standing([1, 2]) with { Epochs = 5 }));

    [Fact]
    public void It_ends_at_a_mean_that_is_reached()
    {
        Assert.Equal("The mean reached 2, which is at least 2.", StopRules.Why(Options with { Target = 2 }, Standing([1, 2])));
        Assert.Null(StopRules.Why(Options with { Target = 2 }, Standing([1, 1.99])));
    }

    [Fact]
    public void It_ends_where_pictures_have_become_alike()
    {
        Assert.StartsWith("The pictures have become alike: their diversity is 40 %", StopRules.Why(Options, Standing([1, 2]) with { Diversity = 0.04 }), StringComparison.Ordinal);
        Assert.Null(StopRules.Why(Options, Standing([1, 2]) with { Diversity = 0.05 }));
        Assert.Null(StopRules.Why(Options, Standing([1, 2]) with { FirstDiversity = null, Diversity = null }));
    }

    [Fact]
    public void It_ends_before_it_learns_from_more_pictures_than_allowed()
    {
        Assert.Equal("The next epoch would go beyond 25 pictures.", StopRules.Why(Options with { MostImages = 25 }, Standing([1, 2])));
        Assert.Null(StopRules.Why(Options with { MostImages = 30 }, Standing([1, 2])));
    }

    private static RunStanding Standing(double[] trained) => new(1, 20, 10,
        new RewardCurve(Bright, new Curve("bright", [.. trained.Select((value, n) => new CurvePoint(n, n, value, value, value))]), null), 0.1, 0.09);
}
