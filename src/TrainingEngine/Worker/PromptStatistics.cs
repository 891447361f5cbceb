using Labeler.Shared.Training;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// The running statistics of DDPO's prompts, which live as long as a project's line of epochs (arXiv 2305.13301, as in its authors'
/// program). They are made again from the manifests of the epochs before, so there is nothing else to store, to roll back or to lose.
/// </summary>
internal sealed class PromptStatistics(int bufferSize, int minimumCount)
{
    public PerPromptStatTracker Tracker { get; } = new(bufferSize, minimumCount);

    /// <summary>Goes through all that people judged before, epoch after epoch; returns how many rewards that were.</summary>
    public int OfVotes(IReadOnlyList<Manifest> before) =>
        before.Sum(manifest => Remember(ManifestEpoch.Taught(manifest), groups => manifest.Teacher is { } teacher
            ? TaughtByScores.RewardsOf(groups, teacher) : ManifestEpoch.RewardsOf(groups)));

    /// <summary>Goes through the newest groups that still fill the buffers of some prompts, in the order in which they were learned from:
    /// older ones have left the buffers.</summary>
    /// <param name="rewardsOf">By group and image, computed anew: a learned reward gives the same picture the same number.</param>
    public int OfReward(IReadOnlyList<Manifest> before, IReadOnlySet<string> prompts,
        Func<IReadOnlyList<ManifestGroup>, IReadOnlyList<double[]>> rewardsOf)
    {
        var (counts, kept) = (prompts.ToDictionary(prompt => prompt, _ => 0), new Stack<ManifestGroup>());
        foreach (var group in before.SelectMany(ManifestEpoch.Taught).Reverse()
            .Where(group => counts.TryGetValue(group.Prompt, out var count) && count < bufferSize))
        {
            counts[group.Prompt] += group.Images.Count;
            kept.Push(group);
        }
        return kept.Count == 0 ? 0 : Remember([.. kept], rewardsOf);
    }

    private int Remember(IReadOnlyList<ManifestGroup> groups, Func<IReadOnlyList<ManifestGroup>, IReadOnlyList<double[]>> rewardsOf)
    {
        (string Prompt, double Reward)[] rewarded = [.. groups.Zip(rewardsOf(groups)).SelectMany(one =>
            one.Second.Where(double.IsFinite).Select(reward => (one.First.Prompt, reward)))];
        if (rewarded.Length > 0)
        {
            Tracker.Update([.. rewarded.Select(one => one.Prompt)], [.. rewarded.Select(one => one.Reward)]);
        }
        return rewarded.Length;
    }
}
