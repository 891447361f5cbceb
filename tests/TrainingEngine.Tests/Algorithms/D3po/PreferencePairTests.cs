using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class PreferenceTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 6)]
    [InlineData(2, 10)]
    [InlineData(3, 12)]
    [InlineData(4, 12)]
    [InlineData(7, 0)]
    public void A_group_of_7_with_k_flagged_teaches_k_times_7_minus_k_pairs(int flagged, int pairs)
    {
        var verdicts = Enumerable.Range(0, 7).Select(image => image < flagged ? -1.0 : 0).ToArray();

        var preferences = PreferencePair.FromVerdicts(4, verdicts).ToArray();

        Assert.Equal(pairs, preferences.Length);
        Assert.All(preferences, preference => Assert.Equal((4, 1.0), (preference.Group, preference.Weight)));
        Assert.All(preferences, preference => Assert.True(preference.Loser < flagged && preference.Winner >= flagged));
    }

    [Fact]
    public void Averaged_verdicts_are_compared_pair_by_pair_and_may_weigh_by_their_difference()
    {
        double[] verdicts = [-1, -0.25, -0.25];

        Assert.Equal([new PreferencePair(0, 1, 0), new PreferencePair(0, 2, 0)], PreferencePair.FromVerdicts(0, verdicts));
        Assert.Equal([new PreferencePair(0, 1, 0, 0.75), new PreferencePair(0, 2, 0, 0.75)], PreferencePair.FromVerdicts(0, verdicts, weighted: true));
    }

    [Fact]
    public void Groups_that_pairs_join_are_planned_and_rewarded_together()
    {
        PreferencePair[] pairs = [new(0, 1, 0), new(3, 0, 1) { Across = 1 }, new(2, 0, 1), new(1, 0, 1, 0.5)];

        Assert.Equal([[pairs[0]], [pairs[1], pairs[3]], [pairs[2]]], PreferencePair.Joined(pairs));
        Assert.Equal([(1, 0), (1, 1), (3, 0)], PreferencePair.ImagesOf(pairs[1..2].Append(pairs[3])));
        Assert.Equal([[-1, 1], [0.5, -0.75], [1, -1], [1, double.NaN]], PreferencePair.Rewards([2, 2, 2, 2], pairs));
    }
}
