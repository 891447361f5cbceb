using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Jobs;

/// <summary>Work for a trainer worker: a row that one worker at a time holds by a lease.</summary>
public sealed class Job : Announcing
{
    /// <summary>How long a worker may be silent before its job is given to another.</summary>
    public static readonly TimeSpan LeaseLifetime = TimeSpan.FromSeconds(30);

    /// <summary>How often a job is tried without getting further.</summary>
    public const int UsualAttempts = 3;

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
    public string? Error { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? StartedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Does its epoch wait for it, and fail with it?</summary>
    public bool IsStepOfEpoch => Kind is JobKind.Sample or JobKind.Train or JobKind.Evaluate;

    public bool IsOver => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;

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

    /// <summary>Keeps how far the job has come, beside what it was asked to do.</summary>
    internal void Remember(object payload) => Payload = JsonText.Write(payload);

    public T Read<T>() => JsonText.Read<T>(Payload);

    /// <summary>Ends a queued job at once; asks the worker of a running one to stop, which it does at its next heartbeat.</summary>
    public void Cancel(DateTimeOffset now)
    {
        if (State == JobState.Queued)
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
        (Attempt, MaxAttempts) = (0, UsualAttempts);
        CancelRequested = false;
        Error = null;
        EndedAt = null;
        SecondsLeft = null;
        Worker = null;
        LeaseExpiresAt = null;
    }
}

/// <summary>The numbers are stored.</summary>
public enum JobKind
{
    Sample = 0,
    Train = 1,
    Evaluate = 2,
    Import = 3,
    Export = 4,
    Caption = 5,
    FineTune = 6,
    RewardModel = 7,
    Score = 8,
    ImportPairs = 9,
}

/// <summary>The numbers are stored.</summary>
public enum JobState { Queued = 0, Running = 1, Succeeded = 2, Failed = 3, Cancelled = 4 }
