namespace Labeler.Shared.Jobs;

/// <summary>Gives jobs to workers, one holder at a time, and takes them back from workers that have died.</summary>
public sealed class JobQueue(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    private const int MetricsAtOnce = 200;

    // Of jobs and of shares of them alike. A lease that ends later than any could was written by a clock that jumped: it counts as over.
    private const string Claimable = """
        ({2} >> "Kind") % 2 = 1 AND ({5} OR "Device" = '') AND ("State" = {1}
            OR ("State" = {0} AND "Attempt" < "MaxAttempts" AND ("LeaseExpiresAt" < {3} OR "LeaseExpiresAt" > {4})))
        """;

    /// <summary>The next job for a worker, now held by it; null when there is none. A job whose worker fell silent is claimed again, up to
    /// its attempts.</summary>
    /// <param name="worker">A name that no other running worker has.</param>
    /// <param name="anyDevice">Also jobs whose project asks for a device; false for a worker that computes on its own alone.</param>
    public async Task<Job?> Claim(string worker, IReadOnlyCollection<JobKind> kinds, CancellationToken cancel = default,
        bool anyDevice = true)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await FailAbandoned(db, cancel);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var end = now + (long)Job.LeaseLifetime.TotalMilliseconds;
        var latest = end + (long)ClockSkew.Tolerance.TotalMilliseconds;
        // A list of kinds cannot be one parameter on both databases; a bit set can.
        var wanted = kinds.Aggregate(0, (bits, kind) => bits | 1 << (int)kind);
        object[] asked = [(int)JobState.Running, (int)JobState.Queued, wanted, now, latest, anyDevice];
        // Mostly there is none, and a statement that may write waits for SQLite's one writer, and votes for it.
        if (!await db.Jobs.FromSqlRaw("""SELECT * FROM "Jobs" WHERE """ + Claimable, asked).AnyAsync(cancel))
        {
            return null;
        }
        // One statement decides who gets the job.
        var claim = """
            UPDATE "Jobs" SET "State" = {0}, "Worker" = {6}, "Attempt" = "Attempt" + 1, "LeaseExpiresAt" = {7}, "HeartbeatAt" = {3},
                "StartedAt" = coalesce("StartedAt", {3}), "Error" = NULL
            WHERE "Id" = (SELECT "Id" FROM "Jobs" WHERE 
            """ + Claimable + """ ORDER BY "Priority" DESC, "Id" LIMIT 1""" + (db.Database.IsSqlite() ? "" : " FOR UPDATE SKIP LOCKED")
            + ") RETURNING *";
        return (await db.Jobs.FromSqlRaw(claim, [.. asked, worker, end]).AsNoTracking().ToListAsync(cancel)).FirstOrDefault();
    }

    /// <summary>A worker's sign of life, every few seconds.</summary>
    /// <param name="progress">Done so far, 0 to 1.</param>
    /// <returns>Whether to go on: a worker told Lost or Cancel writes nothing more and stops.</returns>
    public async Task<HeartbeatResult> Heartbeat(Job job, double progress, string message, double? secondsLeft,
        CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var alive = await db.Held(job).ExecuteUpdateAsync(set => set
            .SetProperty(j => j.HeartbeatAt, now)
            .SetProperty(j => j.LeaseExpiresAt, now + Job.LeaseLifetime)
            .SetProperty(j => j.Progress, Math.Clamp(progress, 0, 1))
            .SetProperty(j => j.Message, message)
            .SetProperty(j => j.SecondsLeft, secondsLeft), cancel);
        if (alive == 0)
        {
            return HeartbeatResult.Lost;
        }
        if (job.ParentId is not null)
        {
            await db.Sum(job, now, cancel);
        }
        return await db.Held(job).AnyAsync(j => j.CancelRequested, cancel) ? HeartbeatResult.Cancel : HeartbeatResult.GoOn;
    }

    /// <summary>The job has got further than it was when this worker took it: from here on it may be tried as often as a new one.</summary>
    public async Task Advanced(Job job, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Held(job).ExecuteUpdateAsync(
            set => set.SetProperty(j => j.MaxAttempts, Math.Max(job.MaxAttempts, job.Attempt + job.AttemptsAllowed)), cancel);
    }

    /// <summary>Adds figures and log lines of a running job; a step written twice (after a resume) keeps the newer figures.</summary>
    public async Task Report(Job job, IReadOnlyCollection<JobMetric> metrics, IReadOnlyCollection<string> lines,
        CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        // A statement for many, so that votes never wait for the write lock while this goes through rows one by one.
        foreach (var some in metrics.GroupBy(m => (m.Step, m.Name)).Select(of => of.Last()).Chunk(MetricsAtOnce))
        {
            var rows = string.Join(", ", some.Select((_, n) => $"({{{4 * n}}}, {{{4 * n + 1}}}, {{{4 * n + 2}}}, {{{4 * n + 3}}})"));
            var insert = """INSERT INTO "JobMetrics" ("JobId", "Step", "Name", "Value") VALUES """ + rows
                + """ ON CONFLICT ("JobId", "Step", "Name") DO UPDATE SET "Value" = excluded."Value" """;
            await db.Database.ExecuteSqlRawAsync(insert, some.SelectMany(m => new object[] { job.Id, m.Step, m.Name, m.Value }), cancel);
        }
        // Who looks into a job's log finds what its shares say.
        db.JobLines.AddRange(lines.Select(text => new JobLine(job.ParentId ?? job.Id, text, now)));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Ends the job. False when it is no longer this worker's, and then nothing was written.</summary>
    public Task<bool> Succeed(Job job, CancellationToken cancel = default) => End(job, held => held.Succeed(time.GetUtcNow()), cancel);

    /// <inheritdoc cref="Succeed"/>
    public Task<bool> Stop(Job job, CancellationToken cancel = default) => End(job, held => held.Stop(time.GetUtcNow()), cancel);

    /// <summary>Ends the job and, where it is a step of one, its epoch, and says why. False when it is no longer this worker's or is to
    /// stop.</summary>
    public Task<bool> Fail(Job job, string error, CancellationToken cancel = default) =>
        End(job, held => held.Fail(error, time.GetUtcNow()), cancel, error);

    /// <summary>Whoever took a job up leaves it to shares, which any number of workers do; whoever does the last ends it.</summary>
    /// <param name="order">What all shares need to know; it does not change while they are done.</param>
    /// <param name="pieces">Of the whole job, those that are there already among them.</param>
    /// <exception cref="JobLostException">Another worker has the job, or somebody called it off; nothing was written.</exception>
    public Task Divide(Job job, object order, int pieces, IReadOnlyList<ShareOrder> shares, CancellationToken cancel = default) =>
        contexts.Write(job, (db, held) =>
    {
        held.Divide(order, pieces);
        db.Jobs.AddRange(shares.Select((share, n) => held.MakeShare(n + 1, share, time.GetUtcNow())));
        return Task.FromResult(true);
    }, cancel);

    /// <summary>Gives a job back unfinished, as when the worker is shut down; another goes on with it and no attempt is lost.</summary>
    public async Task GiveBack(Job job, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Held(job).ExecuteUpdateAsync(set => set
            .SetProperty(j => j.State, JobState.Queued)
            .SetProperty(j => j.Attempt, job.Attempt - 1)
            .SetProperty(j => j.LeaseExpiresAt, (DateTimeOffset?)null)
            .SetProperty(j => j.SecondsLeft, (double?)null)
            .SetProperty(j => j.Worker, (string?)null), cancel);
    }

    private async Task<bool> End(Job job, Action<Job> end, CancellationToken cancel, string? error = null)
    {
        try
        {
            return await contexts.Write(job, async (db, held) =>
            {
                end(held);
                if (error is not null)
                {
                    await db.FailWhole(held, error, time.GetUtcNow(), cancel);
                }
                if (error is not null && held.IsStepOfEpoch && held.EpochId is { } epoch)
                {
                    (await db.Epochs.FirstAsync(e => e.Id == epoch, cancel)).Fail(error, time.GetUtcNow());
                }
                return true;
            }, cancel, canceled: error is null);
        }
        catch (JobLostException)
        {
            return false;
        }
    }

    private async Task FailAbandoned(LabelerDb db, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var abandoned = db.Jobs.AsNoTracking()
            .Where(j => j.State == JobState.Running && j.LeaseExpiresAt < now && j.Attempt >= j.MaxAttempts);
        foreach (var job in await abandoned.ToListAsync(cancel))
        {
            await (job.CancelRequested
                ? Stop(job, cancel)
                : Fail(job,
                    $"The worker stopped without a word {job.Attempt} times, lately without getting any further. Look into the log, "
                    + "then try again.", cancel));
        }
    }
}

/// <summary>What a heartbeat tells a worker.</summary>
public enum HeartbeatResult
{
    GoOn,

    /// <summary>Somebody asked the job to stop.</summary>
    Cancel,

    /// <summary>Another worker has the job.</summary>
    Lost,
}
