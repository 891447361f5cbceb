namespace Labeler.Shared.Jobs;

/// <summary>Writing that only the holder of a job may do.</summary>
internal static class HeldJob
{
    /// <summary>The job's row, while this claim of it holds. The attempt fences: a worker that was thought dead and comes back has an older
    /// number.</summary>
    public static IQueryable<Job> Held(this LabelerDb db, Job job) =>
        db.Jobs.Where(j => j.Id == job.Id && j.State == JobState.Running && j.Worker == job.Worker && j.Attempt == job.Attempt);

    /// <summary>Runs <paramref name="work"/> with the job's row and saves, in the transaction that checks that the job is still
    /// held.</summary>
    /// <param name="canceled">Is it all the same whether somebody asked the job to stop?</param>
    /// <exception cref="JobLostException">Another worker has it, or it is to stop; nothing was written.</exception>
    public static async Task<T> Write<T>(
        this IDbContextFactory<LabelerDb> contexts, Job job, Func<LabelerDb, Job, Task<T>> work, CancellationToken cancel,
            bool canceled = false)
    {
        try
        {
            return await contexts.Write(LockScope.Epoch, job.ProjectId ?? 0, async db =>
            {
                var held = await db.Held(job).FirstOrDefaultAsync(j => canceled || !j.CancelRequested, cancel)
                    ?? throw new JobLostException(job);
                var result = await work(db, held);
                await db.SaveChangesAsync(cancel);
                return result;
            }, cancel);
        }
        catch (DbUpdateConcurrencyException error) when (error.Entries.Any(entry => entry.Entity is Job))
        {
            // On PostgreSQL it can be claimed while this goes on.
            throw new JobLostException(job);
        }
    }
}

/// <summary>The job is no longer this worker's: its lease ran out, or it was asked to stop. Nothing was written.</summary>
public sealed class JobLostException(Job job) : Exception($"Job {job.Id} is no longer held by {job.Worker}, attempt {job.Attempt}.");
