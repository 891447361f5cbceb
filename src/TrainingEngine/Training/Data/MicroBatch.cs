namespace Labeler.TrainingEngine.Training.Data;

/// <summary>Images of one group and the pairs that they won.</summary>
/// <param name="Group">Index of the group.</param>
/// <param name="Images">Images that occur in a pair, ascending.</param>
/// <param name="Pairs">Those whose winners are among the images; the losers are in the same micro-batch.</param>
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
        var rows = Groups.SelectMany(group => group.Images.Select(image => (group.Group, image))).Select((image, row) => (image, row))
            .ToDictionary(one => one.image, one => one.row);
        return
        [
            .. Groups.SelectMany(group => group.Pairs)
                .Select(pair => new RowPair(rows[(pair.Group, pair.Winner)], rows[(pair.LoserGroup, pair.Loser)], pair.Weight)),
        ];
    }

    /// <summary>
    /// Cuts an optimizer step into micro-batches of whole groups, of about equal size and at most <paramref name="images"/>
    /// images; groups that pairs join stay together, and where they are larger make one of their own.
    /// </summary>
    public static IReadOnlyList<MicroBatch> Cut(IReadOnlyList<PreferencePair> preferences, IEnumerable<int> samplingSteps, int images)
    {
        GroupShare[][] shares = [.. PreferencePair.Joined(preferences).Select(Shares)];
        var total = shares.Sum(Size);
        var parts = (total + images - 1) / images;
        var goal = (double)total / parts;
        return [.. samplingSteps.SelectMany(sampling => Pack(shares, goal, images).Select(groups => new MicroBatch(sampling, groups)))];
    }

    private static GroupShare[] Shares(PreferencePair[] joined)
    {
        var won = joined.ToLookup(pair => pair.Group);
        return
        [
            .. PreferencePair.ImagesOf(joined).GroupBy(one => one.Group)
                .Select(of => new GroupShare(of.Key, [.. of.Select(one => one.Image)], [.. won[of.Key]])),
        ];
    }

    private static int Size(IEnumerable<GroupShare> shares) => shares.Sum(share => share.Images.Length);

    private static IEnumerable<List<GroupShare>> Pack(GroupShare[][] shares, double goal, int images)
    {
        var (packed, size) = (new List<GroupShare>(), 0);
        foreach (var share in shares)
        {
            var full = size + Size(share) > images;
            var nearer = size + Size(share) - goal > goal - size;
            if (size > 0 && (full || nearer))
            {
                yield return packed;
                (packed, size) = ([], 0);
            }
            packed.AddRange(share);
            size += Size(share);
        }
        if (size > 0)
        {
            yield return packed;
        }
    }
}
