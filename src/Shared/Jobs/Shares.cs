namespace Labeler.Shared.Jobs;

/// <summary>What the shares of a job have to do with the job.</summary>
internal static class Shares
{
    /// <summary>Shares that are still to be done.</summary>
    private static IQueryable<Job> Open(LabelerDb db, long parent) => db.Jobs.Where(
        j => j.ParentId == parent && (j.State == JobState.Queued || j.State == JobState.Running) && !j.CancelRequested);

    /// <summary>Ends a held job as done; with the last share of it a whole job ends too. Alone with the project, so that of several last
    /// ones one is the last.</summary>
    /// <returns>Whether the whole job is done.</returns>
    public static async Task<bool> Succeed(this LabelerDb db, Job held, DateTimeOffset now, CancellationToken cancel) =>
        await End(db, held, null, job => Task.FromResult(job.Error!), now, cancel) is not null;

    /// <summary>Ends a held job as <see cref="Succeed"/> does, or as failed where it lacks something: other shares of it go on then, and
    /// the whole job fails with the last of them.</summary>
    /// <param name="lacks">Why; null where it lacks nothing.</param>
    /// <param name="told">From a job whose error is why to all that is to be said of it.</param>
    /// <returns>The whole job where it ended; else null.</returns>
    public static async Task<Job?> End(LabelerDb db, Job held, string? lacks, Func<Job, Task<string>> told, DateTimeOffset now,
        CancellationToken cancel)
    {
        var whole = held.ParentId is { } parent ? await db.Jobs.FirstAsync(j => j.Id == parent, cancel) : held;
        held.Lack(lacks);
        whole.Lack(lacks);
        if (held != whole)
        {
            await One(held);
            if (await Open(db, whole.Id).AnyAsync(j => j.Id != held.Id, cancel))
            {
                return null;
            }
        }
        await One(whole);
        return whole;

        async Task One(Job job)
        {
            if (job.Error is null)
            {
                job.Succeed(now);
            }
            else
            {
                job.Fail(await told(job), now);
            }
        }
    }

    /// <summary>Fails the job of a share that failed, and ends the other shares.</summary>
    public static async Task FailWhole(this LabelerDb db, Job held, string error, DateTimeOffset now, CancellationToken cancel)
    {
        if (held.ParentId is { } parent)
        {
            (await db.Jobs.FirstAsync(j => j.Id == parent, cancel)).Fail(error, now);
            await Cancel(db, [parent], held.Id, now, cancel);
        }
    }

    /// <summary>Ends the shares of jobs that nobody has begun, and asks the workers of the others to stop. Workers take shares meanwhile:
    /// each statement sees the rows as they are.</summary>
    /// <param name="except">One that is left alone; 0 for none.</param>
    public static async Task Cancel(LabelerDb db, IReadOnlyCollection<long> parents, long except, DateTimeOffset now,
        CancellationToken cancel)
    {
        var shares = db.Jobs.Where(j => j.ParentId != null && parents.Contains(j.ParentId.Value) && j.Id != except);
        await shares.Where(j => j.State == JobState.Queued).ExecuteUpdateAsync(set => set
            .SetProperty(j => j.State, JobState.Cancelled)
            .SetProperty(j => j.EndedAt, now), cancel);
        await shares.Where(j => j.State == JobState.Running).ExecuteUpdateAsync(
            set => set.SetProperty(j => j.CancelRequested, true), cancel);
    }

    /// <summary>Writes how far a job is whose share has got further: the sum over its shares.</summary>
    public static async Task Sum(this LabelerDb db, Job share, DateTimeOffset now, CancellationToken cancel)
    {
        var parent = db.Jobs.Where(j => j.Id == share.ParentId && j.State == JobState.Running);
        if (await parent.Select(j => new { j.Kind, j.Pieces }).FirstOrDefaultAsync(cancel) is not { Pieces: > 0 } whole)
        {
            return;
        }
        var left = (await Open(db, share.ParentId!.Value).Select(j => new { j.Pieces, j.Progress, j.SecondsLeft }).ToListAsync(cancel))
            .ConvertAll(j => (Pieces: j.Pieces * (1 - j.Progress), j.SecondsLeft));
        var done = (int)Math.Round(whole.Pieces - left.Sum(one => one.Pieces));
        var speed = left.Sum(one => one.SecondsLeft > 0 ? one.Pieces / one.SecondsLeft.Value : 0);
        await parent.ExecuteUpdateAsync(set => set
            .SetProperty(j => j.HeartbeatAt, now)
            .SetProperty(j => j.Progress, (double)done / whole.Pieces)
            .SetProperty(j => j.Message, $"{done} of {whole.Pieces} {(whole.Kind == JobKind.Sample ? "groups" : "pictures")}")
            .SetProperty(j => j.SecondsLeft, speed > 0 ? left.Sum(one => one.Pieces) / speed : null), cancel);
    }
}
