using Labeler.Shared.Rewards;
using Labeler.Shared.Statistics;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>How accuracy grew with the pairs that were learned from.</summary>
internal static class LearningCurve
{
    /// <summary>Doublings that say what the next may bring: accuracy flattens, so the first ones promise too much.</summary>
    private const int Doublings = 2;

    /// <param name="models">From few pairs to all; each model's answers about the same held-out pairs, in the same order.</param>
    public static LearningFigures Of(
        IReadOnlyList<(IReadOnlyList<JudgedPair> Pairs, IReadOnlyList<(int Group, bool IsRight)> Right)> models) => new(
        Counted(models[^1].Right), null,
        [.. models.Select(model => new LearningPoint(model.Pairs.Select(pair => pair.Group).Distinct().Count(), model.Pairs.Count,
            Counted(model.Right)))],
        GainOf([.. models.TakeLast(Doublings + 1)]));

    private static CountedPairs Counted(IReadOnlyList<(int Group, bool IsRight)> right) => CountedPairs.From(RewardModel.Share(right));

    // The slope over log2 of the pairs is a weighted sum of accuracies, and so, group by group, a ratio of totals: all models answered
    // about the same groups, whose difficulty cancels out.
    private static GainOfDoubling? GainOf((IReadOnlyList<JudgedPair> Pairs, IReadOnlyList<(int Group, bool IsRight)> Right)[] models)
    {
        double[] doublings = [.. models.Select(model => Math.Log2(model.Pairs.Count))];
        var (mean, spread) = (doublings.Average(), doublings.Sum(x => (x - doublings.Average()) * (x - doublings.Average())));
        if (spread < 0.25)
        {
            return null;
        }
        Cluster[] groups =
        [
            .. models[0].Right.Select((one, pair) => (one.Group, pair)).GroupBy(one => one.Group, one => one.pair).Select(group =>
                new Cluster(
                    models.Select((model, m) => (doublings[m] - mean) / spread * group.Count(pair => model.Right[pair].IsRight)).Sum(),
                    group.Count(), group.Count(), group.Count())),
        ];
        if (groups.Length < 2)
        {
            return null;
        }
        var (gain, half) = Cluster.Mean(groups);
        return new(gain, gain - half, gain + half);
    }
}
