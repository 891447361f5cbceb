namespace Labeler.TrainingEngine.Training.Data;

/// <summary>Images of one group and the pairs among them.</summary>
/// <param name="Group">Index of the group.</param>
/// <param name="Images">Images that occur in a pair, ascending.</param>
/// <param name="Pairs">The group's pairs.</param>
public sealed record GroupShare(int Group, int[] Images, PreferencePair[] Pairs);

/// <summary>A pair as rows of a micro-batch.</summary>
public readonly record struct RowPair(int Winner, int Loser, double Weight);

/// <summary>Groups at one sampling step that are computed together.</summary>
public sealed record MicroBatch(int SamplingStep, IReadOnlyList<GroupShare> Groups)
{
    /// <summary>Images in it.</summary>
    public int Images => Groups.Sum(group => group.Images.Length);

    /// <summary>All pairs; the rows are the groups' images one after the other.</summary>
    public IReadOnlyList<RowPair> RowPairs()
    {
        var (pairs, first) = (new List<RowPair>(), 0);
        foreach (var group in Groups)
        {
            pairs.AddRange(group.Pairs.Select(pair => new RowPair(
                first + Array.IndexOf(group.Images, pair.Winner), first + Array.IndexOf(group.Images, pair.Loser), pair.Weight)));
            first += group.Images.Length;
        }
        return pairs;
    }

    /// <summary>
    /// Cuts an optimizer step into micro-batches of whole groups, of about equal size and at most <paramref name="images"/>
    /// images; a larger group makes one of its own.
    /// </summary>
    public static IReadOnlyList<MicroBatch> Cut(IEnumerable<PreferencePair> preferences, IEnumerable<int> samplingSteps, int images)
    {
        var shares = preferences.GroupBy(preference => preference.Group)
            .Select(group => new GroupShare(group.Key, PreferencePair.ImagesOf(group), [.. group])).ToArray();
        var total = shares.Sum(share => share.Images.Length);
        var parts = (total + images - 1) / images;
        var goal = (double)total / parts;
        return [.. samplingSteps.SelectMany(sampling => Pack(shares, goal, images).Select(groups => new MicroBatch(sampling, groups)))];
    }

    private static IEnumerable<List<GroupShare>> Pack(GroupShare[] shares, double goal, int images)
    {
        var (packed, size) = (new List<GroupShare>(), 0);
        foreach (var share in shares)
        {
            var full = size + share.Images.Length > images;
            var nearer = size + share.Images.Length - goal > goal - size;
            if (size > 0 && (full || nearer))
            {
                yield return packed;
                (packed, size) = ([], 0);
            }
            packed.Add(share);
            size += share.Images.Length;
        }
        if (size > 0)
        {
            yield return packed;
        }
    }
}
