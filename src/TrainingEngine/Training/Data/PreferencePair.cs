using System.Text.Json.Serialization;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>One judgement about two images of one prompt: <paramref name="Winner"/> is better than <paramref name="Loser"/>.</summary>
/// <param name="Group">Index of the winner's group in the run's list of trajectories.</param>
/// <param name="Winner">Index of the better image inside its group.</param>
/// <param name="Loser">Index of the worse image inside its group.</param>
/// <param name="Weight">Share of this term in the loss; 1 as published.</param>
public sealed record PreferencePair(int Group, int Winner, int Loser, double Weight = 1)
{
    /// <summary>The loser's group, where that is another than the winner's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Across { get; init; }

    /// <summary>The loser's group.</summary>
    [JsonIgnore]
    public int LoserGroup => Across ?? Group;

    /// <summary>
    /// Votes as rewards, −1 to 1: the weight of the comparisons that an image won less that of those it lost, over their
    /// number. NaN for an image of no pair.
    /// </summary>
    /// <param name="sizes">Images of each group.</param>
    /// <returns>By group and image.</returns>
    public static IReadOnlyList<double[]> Rewards(IReadOnlyList<int> sizes, IEnumerable<PreferencePair> pairs)
    {
        double[][] sums = [.. sizes.Select(size => new double[size])], counts = [.. sizes.Select(size => new double[size])];
        void Add(int group, int image, double weight) => (sums[group][image], counts[group][image]) =
            (sums[group][image] + weight, counts[group][image] + 1);
        foreach (var pair in pairs)
        {
            Add(pair.Group, pair.Winner, pair.Weight);
            Add(pair.LoserGroup, pair.Loser, -pair.Weight);
        }
        return [.. sums.Zip(counts, (sum, count) => sum.Zip(count, (of, number) => of / number).ToArray())];
    }

    /// <summary>The images that occur in any of the pairs, in order.</summary>
    public static (int Group, int Image)[] ImagesOf(IEnumerable<PreferencePair> pairs) =>
        [.. pairs.SelectMany(pair => new[] { (pair.Group, pair.Winner), (pair.LoserGroup, pair.Loser) }).Distinct().Order()];

    /// <summary>Pairs that must be computed together: those of one group, and of all groups that pairs join with it. In the order of
    /// their first groups.</summary>
    public static IReadOnlyList<PreferencePair[]> Joined(IReadOnlyList<PreferencePair> pairs)
    {
        var first = new Dictionary<int, int>();
        int Root(int group)
        {
            while (first.TryGetValue(group, out var before) && before != group)
            {
                group = before;
            }
            return group;
        }
        foreach (var pair in pairs)
        {
            var (one, other) = (Root(pair.Group), Root(pair.LoserGroup));
            first[Math.Max(one, other)] = Math.Min(one, other);
        }
        return [.. pairs.GroupBy(pair => Root(pair.Group)).OrderBy(joined => joined.Key).Select(joined => joined.ToArray())];
    }

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
