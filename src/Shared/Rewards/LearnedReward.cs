using Labeler.Shared.Statistics;

namespace Labeler.Shared.Rewards;

/// <summary>A reward model that learned from a project's votes. It may be used once somebody has looked at its accuracy and accepted
/// it.</summary>
public sealed class LearnedReward
{
    private LearnedReward() { }

    internal LearnedReward(long projectId, long jobId, string manifestHash, MeasuredReward measured, DateTimeOffset now)
    {
        ProjectId = projectId;
        JobId = jobId;
        ManifestHash = manifestHash;
        WeightsHash = measured.WeightsHash;
        LearnedPairs = measured.LearnedPairs;
        Right = measured.Right;
        HeldOut = measured.HeldOut;
        Independent = measured.Independent;
        CreatedAt = now;
    }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public long JobId { get; private set; }

    /// <summary>Content hash of the <see cref="RewardManifest"/>.</summary>
    public string ManifestHash { get; private set; } = "";

    /// <summary>Content hash of the file that <c>--reward model:FILE</c> takes.</summary>
    public string WeightsHash { get; private set; } = "";
    public int LearnedPairs { get; private set; }

    /// <summary>Held-out pairs whose winner it gives the higher reward.</summary>
    public int Right { get; private set; }

    /// <summary>Pairs of groups that it has not learned from.</summary>
    public int HeldOut { get; private set; }

    /// <summary>As many independent pairs would vary as much as these, of which several share a group; null where that was not
    /// looked at.</summary>
    public double? Independent { get; private set; }

    /// <summary>Pairs that people judged after it had learned and whose winner it gives the higher reward; null while nobody has measured
    /// that.</summary>
    public int? LaterRight { get; private set; }

    /// <summary>Pairs of groups that were judged after it had learned.</summary>
    public int? LaterPairs { get; private set; }

    /// <summary>See <see cref="Independent"/>.</summary>
    public double? LaterIndependent { get; private set; }

    /// <summary>When it was measured on these.</summary>
    public DateTimeOffset? LaterAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? AcceptedAt { get; private set; }

    /// <summary>Whose name stands for it.</summary>
    public string? AcceptedBy { get; private set; }

    public Proportion Accuracy => Proportion.Wilson(Right, HeldOut, Independent ?? HeldOut);

    /// <summary>On later votes; null while there is none that it was measured on.</summary>
    public Proportion? Later => LaterPairs is { } pairs and > 0
        ? Proportion.Wilson(LaterRight!.Value, pairs, LaterIndependent ?? pairs) : null;

    /// <summary>Is it clearly less often right about later votes than it was about held-out ones: do the intervals lie apart?</summary>
    public bool HasFallenBehind => Later is { } later && later.High < Accuracy.Low;

    /// <summary>Is it right more often than a coin, by the lower end of the interval?</summary>
    public bool BeatsGuessing => Accuracy.Low > 0.5;

    internal void MeasureLater(int right, int pairs, double? independent, DateTimeOffset now) =>
        (LaterRight, LaterPairs, LaterIndependent, LaterAt) = (right, pairs, independent, now);

    /// <summary>Allows its use.</summary>
    /// <param name="right">As the person was shown it; and so <paramref name="heldOut"/>.</param>
    /// <exception cref="LabelerException">It may be guessing, or another accuracy was shown.</exception>
    public void Accept(int right, int heldOut, string by, DateTimeOffset now)
    {
        LabelerException.ThrowIf(
            (right, heldOut) != (Right, HeldOut), "The accuracy that you saw is not this model's: load the page again and look at it.");
        LabelerException.ThrowIf(
            !BeatsGuessing,
            $"It was right on {Right} of {HeldOut} held-out pairs, which may be guessing: judge more pairs and learn again.");
        AcceptedAt ??= now;
        AcceptedBy ??= by;
    }
}

/// <summary>What a worker hands in.</summary>
/// <param name="WeightsHash">Content hash; the file must be in the store.</param>
/// <param name="Independent">See <see cref="LearnedReward.Independent"/>.</param>
public sealed record MeasuredReward(string WeightsHash, int LearnedPairs, int Right, int HeldOut, double? Independent = null);

/// <summary>The job's payload.</summary>
/// <param name="Manifest">Content hash of a <see cref="RewardManifest"/>: what to learn from, or what to measure on.</param>
/// <param name="Reward">Which learned reward to measure; null where one is to be learned.</param>
/// <param name="Tower">TorchScript file that sees the pictures, absolute or in the data folder; null for a small network that learns
/// to.</param>
public sealed record RewardOrder(string Manifest, long? Reward = null, string? Tower = null);
