namespace Labeler.TrainingEngine.Training.Data;

/// <summary>One judgement inside a group: image <paramref name="Winner"/> is better than image <paramref name="Loser"/>.</summary>
/// <param name="Group">Index of the group in the run's list of trajectories.</param>
/// <param name="Winner">Index of the better image inside the group.</param>
/// <param name="Loser">Index of the worse image inside the group.</param>
/// <param name="Weight">Share of this term in the loss; 1 as published.</param>
public sealed record PreferencePair(int Group, int Winner, int Loser, double Weight = 1)
{
    /// <summary>
    /// Votes as rewards of a group's images, −1 to 1: the weight of the comparisons that an image won less that of those it
    /// lost, over their number. NaN for an image of no pair.
    /// </summary>
    /// <param name="images">Images of the group.</param>
    /// <param name="pairs">The group's.</param>
    public static double[] Rewards(int images, IReadOnlyCollection<PreferencePair> pairs) => [.. Enumerable.Range(0, images).Select(image =>
    {
        var own = pairs.Where(pair => pair.Winner == image || pair.Loser == image).ToList();
        return own.Count == 0 ? double.NaN : own.Sum(pair => pair.Winner == image ? pair.Weight : -pair.Weight) / own.Count;
    })];

    /// <summary>The images of one group that occur in any of its pairs, ascending.</summary>
    public static int[] ImagesOf(IEnumerable<PreferencePair> pairs) =>
        [.. pairs.SelectMany(pair => new[] { pair.Winner, pair.Loser }).Distinct().Order()];

    /// <summary>The pairs of all groups; see the overload for one.</summary>
    public static IReadOnlyList<PreferencePair> FromVerdicts(IReadOnlyList<double[]> groups, bool weighted = false) =>
        [.. groups.SelectMany((verdicts, group) => FromVerdicts(group, verdicts, weighted))];

    /// <summary>
    /// All pairs of a group whose verdicts differ (D3PO, section 4.1): the image with the higher verdict wins, ties are
    /// left out. k flagged of n images give k(n − k) pairs.
    /// </summary>
    /// <param name="group">Index of the group.</param>
    /// <param name="verdicts">One number an image: −1 flagged, 0 not, an average over annotators, or a reward; NaN for an image without
    /// one.</param>
    /// <param name="weighted">Weigh a pair by the difference of its averaged verdicts instead of by 1.</param>
    public static IEnumerable<PreferencePair> FromVerdicts(int group, IReadOnlyList<double> verdicts, bool weighted = false)
    {
        for (var first = 0; first < verdicts.Count; first++)
        {
            for (var second = first + 1; second < verdicts.Count; second++)
            {
                var difference = verdicts[first] - verdicts[second];
                if (difference == 0 || !double.IsFinite(difference))
                {
                    continue;
                }
                var weight = weighted ? Math.Abs(difference) : 1;
                yield return difference > 0 ? new(group, first, second, weight) : new(group, second, first, weight);
            }
        }
    }
}
