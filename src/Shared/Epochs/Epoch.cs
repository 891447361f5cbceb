using Labeler.Shared.Projects;
using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Epochs;

/// <summary>One round of sampling, labeling and training. Its verbs are the only way its state changes.</summary>
public sealed class Epoch : Announcing
{
    private Epoch() { }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }

    /// <summary>Counted from 1 within the project, rolled back epochs included.</summary>
    public int Number { get; private set; }
    public EpochState State { get; private set; }

    /// <summary>The checkpoint that sampled this epoch and is the reference of its training; null for the project's base model.</summary>
    public long? SampledById { get; private set; }
    public Checkpoint? SampledBy { get; private set; }
    public long? CheckpointId { get; private set; }
    public Checkpoint? Checkpoint { get; private set; }

    /// <summary>Content hash of the frozen preferences; the manifest is in the file store under it.</summary>
    public string? ManifestHash { get; private set; }

    /// <summary>Usable pairs in the manifest.</summary>
    public int? Signal { get; private set; }

    /// <summary>The learned reward that training follows in the place of the epoch's own votes; null where it follows these.</summary>
    public long? RewardId { get; private set; }

    /// <summary>The run of training on a reward that froze it; null where a person or the votes did.</summary>
    public long? RunId { get; private set; }
    public int GroupsWanted { get; private set; }
    public string? Error { get; private set; }
    public EpochState? FailedFrom { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? LabelingSince { get; private set; }

    /// <summary>When it was first seen to have enough to train on; null where nobody wanted to be told.</summary>
    public DateTimeOffset? ReadyAt { get; private set; }
    public DateTimeOffset? FrozenAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>May people still vote on its items?</summary>
    public bool TakesVotes => State is EpochState.Sampling or EpochState.Labeling;

    public static Epoch StartSampling(Project project, int number, Checkpoint? sampledBy, DateTimeOffset now) => new()
    {
        ProjectId = project.Id,
        Number = number,
        SampledBy = sampledBy,
        SampledById = sampledBy?.Id,
        GroupsWanted = project.Settings.GroupsPerEpoch,
        State = EpochState.Sampling,
        CreatedAt = now,
    };

    /// <summary>An epoch whose pictures are brought from elsewhere.</summary>
    public static Epoch Open(Project project, int number, int groups, DateTimeOffset now) => new()
    {
        ProjectId = project.Id,
        Number = number,
        GroupsWanted = groups,
        State = EpochState.Sampling,
        CreatedAt = now,
    };

    public void BeginLabeling(DateTimeOffset now)
    {
        Require("be labeled", EpochState.Sampling);
        State = EpochState.Labeling;
        LabelingSince = now;
        Tell(EventKind.EpochSampled, now, () => new { epoch = Number, groups = GroupsWanted });
    }

    /// <summary>It has enough to train on; told once.</summary>
    /// <param name="signal">Usable pairs, or judged images, by then.</param>
    public void BecomeReady(int signal, DateTimeOffset now)
    {
        if (ReadyAt is null)
        {
            ReadyAt = now;
            Tell(EventKind.EpochReady, now, () => new { epoch = Number, signal });
        }
    }

    /// <summary>Fixes what training will use.</summary>
    /// <param name="rewardId">The learned reward that judges every picture; null where people did.</param>
    /// <param name="runId">The run of training on a reward that does it; null for others.</param>
    public void Freeze(string manifestHash, int signal, DateTimeOffset now, long? rewardId = null, long? runId = null)
    {
        Require("be frozen for training", EpochState.Labeling);
        State = EpochState.Frozen;
        ManifestHash = manifestHash;
        Signal = signal;
        RewardId = rewardId;
        RunId = runId;
        FrozenAt = now;
        Error = null;
    }

    /// <summary>Called by the worker; again after a restart, which changes nothing.</summary>
    public void StartTraining()
    {
        if (State == EpochState.Training)
        {
            return;
        }
        Require("be trained", EpochState.Frozen);
        State = EpochState.Training;
    }

    public void Complete(Checkpoint checkpoint, DateTimeOffset now)
    {
        Require("be completed", EpochState.Training);
        State = EpochState.Complete;
        Checkpoint = checkpoint;
        EndedAt = now;
        Tell(EventKind.EpochTrained, now, () => new { epoch = Number, checkpoint = checkpoint.Id, signal = Signal });
    }

    public void Fail(string error, DateTimeOffset now)
    {
        if (State is not (EpochState.Sampling or EpochState.Frozen or EpochState.Training))
        {
            return;
        }
        FailedFrom = State;
        State = EpochState.Failed;
        Error = error;
        Tell(EventKind.EpochFailed, now, () => new { epoch = Number, from = FailedFrom, error });
    }

    /// <summary>Goes back to what failed.</summary>
    public void Retry()
    {
        Require("be tried again", EpochState.Failed);
        State = FailedFrom == EpochState.Sampling ? EpochState.Sampling : EpochState.Frozen;
        FailedFrom = null;
        Error = null;
    }

    /// <summary>Stops what is under way: training returns to labeling with every vote kept; sampling goes on with the groups it has, or
    /// ends the epoch when there are none.</summary>
    public void Cancel(bool hasGroups, DateTimeOffset now)
    {
        Require("be cancelled", EpochState.Sampling, EpochState.Frozen, EpochState.Training, EpochState.Failed);
        State = hasGroups ? EpochState.Labeling : EpochState.Cancelled;
        LabelingSince ??= hasGroups ? now : null;
        EndedAt = hasGroups ? null : now;
        ManifestHash = null;
        Signal = null;
        RewardId = null;
        RunId = null;
        FrozenAt = null;
        FailedFrom = null;
        Error = null;
    }

    internal void RollBack(DateTimeOffset now)
    {
        State = EpochState.RolledBack;
        EndedAt ??= now;
    }

    private void Tell(EventKind kind, DateTimeOffset now, Func<object> about) => Tell(new(kind, ProjectId, now, about));

    private void Require(string verb, params ReadOnlySpan<EpochState> states)
    {
        if (!states.Contains(State))
        {
            var state = State switch
            {
                EpochState.Sampling => "still being sampled",
                EpochState.Labeling => "being labeled",
                EpochState.Frozen => "waiting to be trained",
                EpochState.Training => "being trained",
                EpochState.Complete => "complete",
                EpochState.Failed => "failed",
                EpochState.Cancelled => "cancelled",
                _ => "rolled back",
            };
            throw new LabelerException($"Epoch {Number} is {state} and cannot {verb}. Reload the page to see where it stands.");
        }
    }
}
