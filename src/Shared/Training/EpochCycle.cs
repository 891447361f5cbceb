using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Training;

/// <summary>The round of sampling, labeling and training. Each step changes the epoch and queues the job that goes with it in one
/// transaction.</summary>
public sealed partial class EpochCycle(IDbContextFactory<LabelerDb> contexts, FileStore files, TimeProvider time)
{
    /// <summary>Starts the next epoch of a project, sampled by a checkpoint (null: the base model), and queues its sampling.</summary>
    public Task<Epoch> Start(long projectId, long? checkpointId, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        var project = await Find(db, projectId, cancel);
        project.RequireSampled("sample with");
        LabelerException.ThrowIf(
            await db.Epochs.AnyAsync(e => e.ProjectId == projectId && (e.State < EpochState.Complete || e.State == EpochState.Failed),
                cancel),
            "The project has an epoch under way: finish, cancel or roll it back first.");
        return await Begin(db, project, checkpointId, cancel);
    }, cancel);

    /// <summary>
    /// The worker has trained: ends the job and the epoch with its checkpoint, whose files must be in the store,
    /// retires what was never labeled and starts the next epoch, sampled by the checkpoint.
    /// </summary>
    /// <returns>The next epoch; null when the project has been deleted.</returns>
    public Task<Epoch?> Complete(Job job, AdapterKind kind, string weightsHash, string? optimizerHash,
        CancellationToken cancel = default) => Work(job, async (db, held, epoch) =>
    {
        var now = time.GetUtcNow();
        var checkpoint = Checkpoint.Of(epoch, kind, weightsHash, optimizerHash, now);
        db.Checkpoints.Add(checkpoint);
        var taught = await Taught(db, epoch, cancel);
        db.CheckpointVotes.AddRange(taught.SelectMany(g => g.Votes).Distinct().Select(vote => new CheckpointVote(checkpoint, vote)));
        epoch.Complete(checkpoint, now);
        held.Succeed(now);
        await db.SaveChangesAsync(cancel);
        await Retire(db, epoch.Id, cancel);
        var project = await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        return project.DeletedAt is null ? await Begin(db, project, checkpoint.Id, cancel) : null;
    }, cancel);

    /// <summary>Stops sampling or training. No vote is lost: the epoch goes back to labeling, and votes that came while it was closed count
    /// where their items want them.</summary>
    /// <param name="seen">The state in which a person saw the epoch: who stops a sampling means no training that has begun since.</param>
    public Task Cancel(long epochId, EpochState? seen = null, CancellationToken cancel = default) => Change(epochId, async (db, epoch) =>
    {
        LabelerException.ThrowIf(
            seen is not null && (seen == EpochState.Sampling) != (epoch.State == EpochState.Sampling),
            $"Epoch {epoch.Number} is no longer as the page showed it: look again.");
        var now = time.GetUtcNow();
        // Half of an evaluation compares nothing.
        var isWhole = await db.Projects.AnyAsync(p => p.Id == epoch.ProjectId && p.Source != PictureSource.Checkpoints, cancel);
        epoch.Cancel(isWhole && await db.Groups.AnyAsync(g => g.EpochId == epochId && g.Use != GroupUse.Evaluation, cancel), now);
        await CancelJobs(db, [epochId], now, cancel);
        await CountLate(db, epoch, cancel);
        return true;
    }, cancel);

    /// <summary>Goes back to a checkpoint (null: the base model): everything after it is marked as rolled back and kept, and a new epoch is
    /// sampled by it.</summary>
    /// <param name="newest">The project's newest epoch as a person saw it. Where this same roll back has been done since, as by a second
    /// press of the button, nothing more happens; where something else has, it is refused.</param>
    /// <param name="refused">Why the project's own rule does it; null where a person does.</param>
    /// <returns>The epoch that is sampled from there.</returns>
    public Task<Epoch> RollBack(long projectId, long? checkpointId, long? newest = null, CancellationToken cancel = default,
        string? refused = null) =>
        contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        var now = time.GetUtcNow();
        var project = await Find(db, projectId, cancel);
        project.RequireSampled("roll back");
        if (newest is not null && await Since(db, project, newest.Value, cancel) is { } since)
        {
            return since.SampledById == checkpointId && since.State == EpochState.Sampling ? since
                : throw new LabelerException("The epochs are no longer as the page showed them: look again, then roll back.");
        }
        var target = checkpointId is null ? null
            : await db.Checkpoints.FirstOrDefaultAsync(c => c.Id == checkpointId && c.ProjectId == projectId, cancel)
            ?? throw new LabelerException("That checkpoint is not one of this project's.");
        var kept = target is null ? 0 : await db.Epochs.Where(e => e.Id == target.EpochId).Select(e => e.Number).FirstAsync(cancel);
        var undone =
            await db.Epochs.Where(
                e => e.ProjectId == projectId && e.Number > kept && e.State != EpochState.RolledBack && e.State != EpochState.Cancelled)
                    .ToListAsync(cancel);
        var ids = undone.Select(e => e.Id).ToList();
        undone.ForEach(e => e.RollBack(now));
        project.Tell(new(EventKind.EpochRolledBack, projectId, now,
            () => new { checkpoint = checkpointId, epochs = undone.Select(e => e.Number) }));
        if (refused is not null)
        {
            project.Tell(new(EventKind.GateRefused, projectId, now, () => new { epoch = undone.Max(e => e.Number), reason = refused }));
        }
        (await db.Checkpoints.Where(c => ids.Contains(c.EpochId)).ToListAsync(cancel)).ForEach(c => c.RollBack(now));
        await CancelJobs(db, ids, now, cancel);
        await db.SaveChangesAsync(cancel);
        foreach (var id in ids)
        {
            await Retire(db, id, cancel);
        }
        return await Begin(db, project, target?.Id, cancel);
    }, cancel);

    private async Task<Epoch> Begin(LabelerDb db, Project project, long? checkpointId, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var checkpoint = checkpointId is null ? null : await db.Checkpoints.FirstAsync(c => c.Id == checkpointId, cancel);
        LabelerException.ThrowIf(
            checkpoint?.WeightsFreedAt is not null,
            "The weights of that checkpoint were removed by the rules of retention: choose another.");
        var epoch = Epoch.StartSampling(project, await NextNumber(db, project, cancel), checkpoint, now);
        db.Epochs.Add(epoch);
        await db.SaveChangesAsync(cancel);
        db.Items.AddRange(await Measuring.Again(db, project, epoch, cancel));
        db.Jobs.Add(Job.Queue(JobKind.Sample, project.Id, epoch.Id, null, now));
        await db.SaveChangesAsync(cancel);
        return epoch;
    }

    private static async Task<Project> Find(LabelerDb db, long projectId, CancellationToken cancel) =>
        await db.Projects.FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");

    /// <summary>The newest epoch; null where it is the one that somebody saw, or where there is none.</summary>
    private static async Task<Epoch?> Since(LabelerDb db, Project project, long seen, CancellationToken cancel) =>
        await db.Epochs.Where(e => e.ProjectId == project.Id).OrderByDescending(e => e.Number).FirstOrDefaultAsync(cancel) is { } newest
            && newest.Id != seen ? newest : null;

    private static async Task<int> NextNumber(LabelerDb db, Project project, CancellationToken cancel) =>
        (await db.Epochs.Where(e => e.ProjectId == project.Id).Select(e => (int?)e.Number).MaxAsync(cancel) ?? 0) + 1;

    private Task<T> Work<T>(Job job, Func<LabelerDb, Job, Epoch, Task<T>> verb, CancellationToken cancel) =>
        contexts.Write(job, async (db, held) => await verb(db, held, await db.Epochs.FirstAsync(e => e.Id == job.EpochId, cancel)), cancel);

    private async Task<T> Change<T>(long epochId, Func<LabelerDb, Epoch, Task<T>> verb, CancellationToken cancel)
    {
        long projectId;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            projectId = await db.Epochs.Where(e => e.Id == epochId).Select(e => e.ProjectId).FirstOrDefaultAsync(cancel);
        }
        LabelerException.ThrowIf(projectId == 0, "There is no such epoch.");
        return await contexts.Write(LockScope.Epoch, projectId, async db =>
        {
            var result = await verb(db, await db.Epochs.FirstAsync(e => e.Id == epochId, cancel));
            await db.SaveChangesAsync(cancel);
            return result;
        }, cancel);
    }

    // Votes that came while the epoch took none count where their items want them.
    private static async Task CountLate(LabelerDb db, Epoch epoch, CancellationToken cancel)
    {
        if (!epoch.TakesVotes)
        {
            return;
        }
        var late = await db.Votes.Include(v => v.Item)
            .Where(v => v.EpochId == epoch.Id && v.Surplus && v.Kind != VoteKind.Undo && v.SupersededById == null && v.Quarantine == null)
            .Where(v => !db.Users.Any(a => a.Id == v.AnnotatorId && a.WithdrawnAt != null))
            .OrderBy(v => v.Id).ToListAsync(cancel);
        foreach (var vote in late.Where(vote => vote.Item!.Votes < vote.Item.VotesWanted))
        {
            vote.CountAfterAll();
        }
        await db.SaveChangesAsync(cancel);
        foreach (var item in late.Select(vote => vote.Item!).Distinct())
        {
            await Checking.Follow(db, item, cancel);
        }
    }

    private static Task Retire(LabelerDb db, long epochId, CancellationToken cancel) =>
        db.Items.Where(i => i.EpochId == epochId && (i.State == ItemState.Open || i.State == ItemState.Disputed))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.State, ItemState.Retired), cancel);

    private static async Task CancelJobs(LabelerDb db, IReadOnlyCollection<long> epochs, DateTimeOffset now, CancellationToken cancel)
    {
        var jobs =
            await db.WholeJobs.Where(
                j => j.EpochId != null && epochs.Contains(j.EpochId.Value) && (j.State == JobState.Queued || j.State == JobState.Running))
                    .ToListAsync(cancel);
        jobs.ForEach(j => j.Cancel(now));
        await Shares.Cancel(db, [.. jobs.Select(j => j.Id)], 0, now, cancel);
    }
}
