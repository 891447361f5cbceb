namespace Labeler.Shared.RewardRuns;

/// <summary>A project that samples, asks a reward and trains by itself for some epochs.</summary>
public sealed class RewardRun
{
    private RewardRun() { }

    public RewardRun(long projectId, long rewardId, RewardRunOptions options, string startedBy, DateTimeOffset now)
    {
        var faults = options.Faults();
        LabelerException.ThrowIf(faults.Count > 0, string.Join(" ", faults));
        (ProjectId, RewardId, Options, StartedBy, StartedAt) = (projectId, rewardId, options, startedBy, now);
    }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public long RewardId { get; private set; }
    public RewardRunOptions Options { get; private set; } = new();
    public string StartedBy { get; private set; } = "";
    public DateTimeOffset StartedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Why it ended, in one line; null while it goes on.</summary>
    public string? Ending { get; private set; }

    /// <summary>Did it end because something went wrong, not by a rule or a person?</summary>
    public bool Failed { get; private set; }

    /// <summary>The epoch that it froze last.</summary>
    public long? LastEpochId { get; private set; }

    public bool GoesOn => EndedAt is null;

    internal void Froze(long epochId) => LastEpochId = epochId;

    internal void End(string why, bool failed, DateTimeOffset now)
    {
        if (GoesOn)
        {
            (Ending, Failed, EndedAt) = (why, failed, now);
        }
    }
}
