using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Jobs;

/// <summary>Work for a trainer worker: a row that one worker at a time holds by a lease.</summary>
public sealed class Job : Announcing
{
    /// <summary>How long a worker may be silent before its job is given to another.</summary>
    public static readonly TimeSpan LeaseLifetime = TimeSpan.FromSeconds(30);

    /// <summary>How often a job is tried without getting further.</summary>
    public const int UsualAttempts = 3;

    /// <summary>The same of a share: many workers do shares, and each may go away for a reason of its own.</summary>
    public const int AttemptsOfShare = 6;

    private Job() { }

    public long Id { get; private set; }
    public JobKind Kind { get; private set; }
    public JobState State { get; private set; }
    public long? ProjectId { get; private set; }
    public long? EpochId { get; private set; }
    public string Payload { get; private set; } = "{}";

    /// <summary>Higher is claimed first.</summary>
    public int Priority { get; private set; }

    /// <summary>How often it has been claimed. With the worker's name it tells a holder from one that lost its lease.</summary>
    public int Attempt { get; private set; }
    public int MaxAttempts { get; private set; }
    public string? Worker { get; private set; }
    public DateTimeOffset? LeaseExpiresAt { get; private set; }
    public DateTimeOffset? HeartbeatAt { get; private set; }
    public bool CancelRequested { get; private set; }

    /// <summary>Done so far, 0 to 1.</summary>
    public double Progress { get; private set; }
    public string Message { get; private set; } = "";
    public double? SecondsLeft { get; private set; }

    /// <summary>Why it failed; of one that is being done in shares, why the first of them failed without the others, and so will
    /// it.</summary>
    public string? Error { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? StartedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The job of which it is a share, that any worker may do beside the others; null for a whole job.</summary>
    public long? ParentId { get; private set; }

    /// <summary>Which of the shares it is, from 1; null for a whole job.</summary>
    public int? Share { get; private set; }

    /// <summary>Pictures, or groups of them, that it makes or scores: of a share those that were missing when it was made, of a job that is
    /// done in shares all; 0 for others.</summary>
    public int Pieces { get; private set; }

    /// <summary>The device that its project asks for; empty where whoever does it uses its own.</summary>
    public string Device { get; private set; } = "";

    /// <summary>Is it done in shares? Then nobody holds it.</summary>
    public bool IsShared => State == JobState.Running && Worker is null;

    /// <summary>Does its epoch wait for it, and fail with it?</summary>
    public bool IsStepOfEpoch => Kind is JobKind.Sample or JobKind.Train or JobKind.Evaluate or JobKind.SampleShare
        or JobKind.EvaluateShare;

    public bool IsOver => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;

    /// <summary>How often it is tried without getting further.</summary>
    internal int AttemptsAllowed => ParentId is null ? UsualAttempts : AttemptsOfShare;

    public static Job Queue(JobKind kind, long? projectId, long? epochId, object? payload, DateTimeOffset now, int priority = 0,
        int maxAttempts = UsualAttempts) => new()
        {
            Kind = kind,
            ProjectId = projectId,
            EpochId = epochId,
            Payload = JsonText.Write(payload ?? new object()),
            Priority = priority,
            MaxAttempts = maxAttempts,
            CreatedAt = now,
        };

    /// <summary>Leaves a job that is held to its shares: it goes on without a holder until the last of them is done.</summary>
    /// <param name="order">What all shares need to know.</param>
    /// <param name="pieces">Of the whole job, those that are there already among them.</param>
    internal void Divide(object order, int pieces)
    {
        Remember(order);
        (Pieces, Worker, LeaseExpiresAt, SecondsLeft) = (pieces, null, null, null);
    }

    /// <param name="number">Which it is, from 1.</param>
    internal Job MakeShare(int number, ShareOrder order, DateTimeOffset now) => new()
    {
        Kind = Kind switch
        {
            JobKind.Evaluate => JobKind.EvaluateShare,
            JobKind.Score => JobKind.ScoreShare,
            _ => JobKind.SampleShare,
        },
        ProjectId = ProjectId,
        EpochId = EpochId,
        Payload = JsonText.Write(order.Payload),
        Priority = Priority,
        MaxAttempts = AttemptsOfShare,
        CreatedAt = now,
        ParentId = Id,
        Share = number,
        Pieces = order.Pieces,
        Device = order.Device,
    };

    /// <summary>Keeps how far the job has come, beside what it was asked to do.</summary>
    internal void Remember(object payload) => Payload = JsonText.Write(payload);

    public T Read<T>() => JsonText.Read<T>(Payload);

    /// <summary>Ends a queued job at once; asks the worker of a running one to stop, which it does at its next heartbeat. Shares of
    /// it are to be canceled beside it: <see cref="Shares.Cancel"/>.</summary>
    public void Cancel(DateTimeOffset now)
    {
        if (State == JobState.Queued || IsShared)
        {
            Stop(now);
        }
        else if (State == JobState.Running)
        {
            CancelRequested = true;
        }
    }

    internal void Succeed(DateTimeOffset now)
    {
        End(JobState.Succeeded, now);
        Progress = 1;
        Message = "";
        if (Kind == JobKind.Export && ProjectId is { } project)
        {
            Tell(new(EventKind.ExportDone, project, now, () => new { job = Id }));
        }
    }

    /// <summary>A share of it could not do everything: the others go on, and in the end the job fails.</summary>
    internal void Lack(string? why) => Error ??= why;

    internal void Stop(DateTimeOffset now) => End(JobState.Cancelled, now);

    internal void Fail(string error, DateTimeOffset now)
    {
        End(JobState.Failed, now);
        Error = error;
    }

    private void End(JobState state, DateTimeOffset now)
    {
        State = state;
        EndedAt = now;
        SecondsLeft = null;
        LeaseExpiresAt = null;
    }

    /// <summary>Queues a job again that failed or was cancelled; it resumes from what it has written.</summary>
    public void Retry()
    {
        LabelerException.ThrowIf(
            State is not (JobState.Failed or JobState.Cancelled), "Only a job that failed or was cancelled can be tried again.");
        State = JobState.Queued;
        (Attempt, MaxAttempts) = (0, AttemptsAllowed);
        CancelRequested = false;
        Error = null;
        EndedAt = null;
        SecondsLeft = null;
        Worker = null;
        LeaseExpiresAt = null;
    }
}
