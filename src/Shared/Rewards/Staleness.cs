using Labeler.Shared.Storage;
using Labeler.Shared.Training;

namespace Labeler.Shared.Rewards;

/// <summary>How many of the votes that a reward learned from, or was measured on, teach nothing any more. With one of them it may no longer
/// be accepted, trained on, measured or downloaded: it has to be learned again without them.</summary>
/// <param name="IsKnown">False where the list of these votes is no longer in the store.</param>
public sealed record Staleness(int Lost, int Of, bool IsKnown = true)
{
    public bool IsStale => Lost > 0 || !IsKnown;

    public string Told => !IsKnown ? "which votes taught it is no longer in the store: learn the reward again."
        : $"{Lost} of the {Of} votes that taught it {(Lost == 1 ? "was" : "were")} withdrawn or set aside since: learn the "
        + "reward again.";

    public static async Task<Staleness> Read(LabelerDb db, FileStore files, LearnedReward reward, CancellationToken cancel = default)
    {
        if (!await files.Has(reward.ManifestHash, cancel))
        {
            return new(0, 0, IsKnown: false);
        }
        var (lost, of) = (await VotesSetAside.Read(db, reward.ProjectId, cancel))
            .In(RewardManifest.Read(await files.Read(reward.ManifestHash, cancel)).Groups);
        return new(lost, of);
    }

    /// <exception cref="LabelerException">The reward is stale.</exception>
    internal static async Task RequireFresh(LabelerDb db, FileStore files, LearnedReward reward, CancellationToken cancel)
    {
        var staleness = await Read(db, files, reward, cancel);
        LabelerException.ThrowIf(staleness.IsStale, $"This reward model cannot be used: {staleness.Told}");
    }
}
