using Labeler.Shared.Data;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.Shared.Lineage;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Epochs;

/// <summary>The round of sampling, labelling and training. Each step changes the epoch and queues the job that goes with it in one transaction.</summary>
public sealed class EpochCycle(IDbContextFactory<LabelerDb> contexts, FileStore files, TimeProvider time)
{
    /// <summary>Starts the next epoch of a project, sampled by a checkpoint (null: the base model), and queues its sampling.</summary>
    public Task<Epoch> Start(long projectId, long? checkpointId, CancellationToken cancel = default) => contexts.Write(Exclusive.Epoch, projectId, async db =>
    {
        var project = await db.Projects.FirstAsync(p => p.Id == projectId, cancel);
        project.RequireSampled("sample with");
        if (await db.Epochs.AnyAsync(e => e.ProjectId == projectId && (e.State < EpochState.Complete || e.State == EpochState.Failed), cancel))
        {
            throw new LabelerException("The project has an epoch under way: finish, cancel or roll it back first.");
        }
        return await Begin(db, project, checkpointId, cancel);
    }, cancel);

    /// <summary>
    /// Opens the next epoch of a project whose pictures come from elsewhere than the epochs' models. No sampling is queued: whoever brings the
    /// pictures adds groups, under a job of theirs or by the epoch's id, and ends with <see cref="FinishSampling"/> or <see cref="BeginLabelling"/>.
    /// </summary>
    /// <param name="groups">How many will be added; 0 where that is not known yet.</param>
    /// <exception cref="LabelerException">The project's pictures are sampled.</exception>
    public Task<Epoch> Open(long projectId, int groups, CancellationToken cancel = default) => contexts.Write(Exclusive.Epoch, projectId, async db =>
    {
        var project = await db.Projects.FirstAsync(p => p.Id == projectId, cancel);
        if (project.Source == PictureSource.Sampled)
        {
            throw new LabelerException($"{project.Name} is sampled by its model: start its next epoch instead.");
        }
        var epoch = Epoch.Open(project, await NextNumber(db, project, cancel), groups, time.GetUtcNow());
        db.Epochs.Add(epoch);
        await db.SaveChangesAsync(cancel);
        return epoch;
    }, cancel);

    /// <summary>Adds a group to an epoch that was opened, and what annotators are asked about it. Its files must be in the store. False when the group was there already.</summary>
    public Task<bool> Add(long epochId, Func<Epoch, Group> make, CancellationToken cancel = default) => Change(epochId, (db, epoch) => Add(db, epoch, make, cancel), cancel);

    /// <summary>All groups of an opened epoch are there. Further ones may still be added.</summary>
    public Task BeginLabelling(long epochId, CancellationToken cancel = default) => Change(epochId, (_, epoch) =>
    {
        if (epoch.State == EpochState.Sampling)
        {
            epoch.BeginLabelling(time.GetUtcNow());
        }
        return Task.FromResult(true);
    }, cancel);

    /// <summary>The worker writes a sampled group and what annotators are asked about it. Its files must be in the store. False when the group was there already.</summary>
    /// <param name="make">Makes the group from its epoch.</param>
    public Task<bool> Add(Job job, Func<Epoch, Group> make, CancellationToken cancel = default) => Work(job, (db, _, epoch) => Add(db, epoch, make, cancel), cancel);

    /// <param name="about">A row about the group that is written with it, or not at all.</param>
    internal Task<bool> Add(Job job, Func<Epoch, Group> make, Func<Group, object> about, CancellationToken cancel) => Work(job, (db, _, epoch) => Add(db, epoch, make, cancel, about), cancel);

    private async Task<bool> Add(LabelerDb db, Epoch epoch, Func<Epoch, Group> make, CancellationToken cancel, Func<Group, object>? about = null)
    {
        if (!epoch.TakesVotes)
        {
            throw new LabelerException($"Epoch {epoch.Number} is closed: no group can be added to it.");
        }
        var group = make(epoch);
        var missing = group.Images.Select(i => i.ContentHash).Append(group.TrajectoryHash).OfType<string>().FirstOrDefault(hash => !files.Has(hash));
        if (missing is not null)
        {
            throw new LabelerException($"Group {group.Number} names the file {missing}, which is not in the store.");
        }
        if (await db.Groups.AnyAsync(g => g.EpochId == epoch.Id && g.Use == group.Use && g.Number == group.Number, cancel))
        {
            return false;
        }
        db.Groups.Add(group);
        if (about is not null)
        {
            db.Add(about(group));
        }
        // What people are asked about given checkpoints is decided when all of their pictures are there; see Evaluating.
        if (group.Use != GroupUse.Evaluation && await db.Projects.AsNoTracking().FirstAsync(p => p.Id == epoch.ProjectId, cancel) is { Source: not PictureSource.Checkpoints } project)
        {
            var behind = project.Settings.RouteForSignal ? await SignalPromise.Behind(db, project, group.Prompt, (epoch.GroupsWanted + 1) * group.Images.Count, cancel) : 0;
            db.Items.AddRange(Item.For(project, group, behind));
        }
        return true;
    }

    /// <summary>The worker has sampled every group: ends the job and opens the epoch fully for labelling.</summary>
    public Task FinishSampling(Job job, CancellationToken cancel = default) => Work(job, (_, held, epoch) =>
    {
        if (epoch.State == EpochState.Sampling)
        {
            epoch.BeginLabelling(time.GetUtcNow());
        }
        held.Succeed(time.GetUtcNow());
        return Task.FromResult(true);
    }, cancel);

    /// <summary>What Train would use now; changes nothing.</summary>
    public async Task<TrainingPlan> DryRun(long epochId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await TrainingPlan.Make(db, await db.Epochs.AsNoTracking().FirstAsync(e => e.Id == epochId, cancel), cancel);
    }

    /// <summary>Freezes the epoch's preferences and queues training on them.</summary>
    /// <param name="expectedHash">Of the dry run that a person confirmed; null to train on whatever there is.</param>
    /// <exception cref="LabelerException">Nothing to learn, or votes came since the dry run.</exception>
    public async Task<Job> Train(long epochId, string? expectedHash, CancellationToken cancel = default)
    {
        return await Change(epochId, async (db, epoch) =>
        {
            (await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel)).RequireSampled("train");
            var plan = await TrainingPlan.Make(db, epoch, cancel);
            if (plan.Signal == 0)
            {
                throw new LabelerException("There is nothing to learn yet: no two images of a group were judged differently.");
            }
            if (expectedHash is not null && expectedHash != plan.Hash)
            {
                throw new LabelerException("Votes have come in since the dry run: look at it again, then train.");
            }
            epoch.Freeze(await files.Put(plan.Manifest.ToBytes(), cancel), plan.Signal, time.GetUtcNow());
            var job = Job.Queue(JobKind.Train, epoch.ProjectId, epoch.Id, null, time.GetUtcNow(), priority: 10);
            db.Jobs.Add(job);
            return job;
        }, cancel);
    }

    /// <summary>Freezes all of the epoch's pictures, judged by people or not, and queues training on them by a learned reward.</summary>
    /// <exception cref="LabelerException">The reward was not accepted, knows not all of the prompts, or there is no picture to learn from.</exception>
    public Task<Job> TrainOnReward(long epochId, long rewardId, CancellationToken cancel = default) => Change(epochId, async (db, epoch) =>
    {
        var project = await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        project.RequireSampled("train");
        var reward = await db.LearnedRewards.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rewardId, cancel) ?? throw new LabelerException("There is no such reward model; load the page again.");
        if (reward.AcceptedAt is null)
        {
            throw new LabelerException("Nobody has accepted this reward model yet: look at its accuracy on held-out pairs first.");
        }
        var known = RewardManifest.Read(await files.Read(reward.ManifestHash, cancel)).Prompts();
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index)).Where(g => g.EpochId == epochId && g.Use != GroupUse.Evaluation && g.TrajectoryHash != null).OrderBy(g => g.Id).ToListAsync(cancel);
        if (groups.Select(g => g.Prompt).FirstOrDefault(prompt => !known.Contains(prompt)) is { } unknown)
        {
            throw new LabelerException($"The reward model has learned nothing about the prompt \"{unknown}\": label pictures of it and learn again.");
        }
        var manifest = (await TrainingPlan.Make(db, epoch, cancel)).Manifest with
        {
            Reward = reward.WeightsHash,
            Groups = groups.Count > 0 ? [.. groups.Select(g => new ManifestGroup(g.Id, g.Prompt, g.Seed, g.TrajectoryHash, [.. g.Images.Select(i => i.ContentHash)], [], []))]
                : throw new LabelerException($"Epoch {epoch.Number} has no picture to learn from."),
        };
        epoch.Freeze(await files.Put(manifest.ToBytes(), cancel), 0, time.GetUtcNow(), rewardId);
        var job = Job.Queue(JobKind.Train, epoch.ProjectId, epoch.Id, null, time.GetUtcNow(), priority: 10);
        db.Jobs.Add(job);
        return job;
    }, cancel);

    /// <summary>The worker begins (or resumes) training; returns what to train on.</summary>
    public async Task<Manifest> StartTraining(Job job, CancellationToken cancel = default)
    {
        var hash = await Work(job, (_, _, epoch) =>
        {
            epoch.StartTraining();
            return Task.FromResult(epoch.ManifestHash!);
        }, cancel);
        return Manifest.Read(await files.Read(hash, cancel));
    }

    /// <summary>
    /// The worker has trained: ends the job and the epoch with its checkpoint, whose files must be in the store,
    /// retires what was never labelled and starts the next epoch, sampled by the checkpoint.
    /// </summary>
    /// <returns>The next epoch; null when the project has been deleted.</returns>
    public Task<Epoch?> Complete(Job job, AdapterKind kind, string weightsHash, string? optimizerHash, CancellationToken cancel = default) => Work(job, async (db, held, epoch) =>
    {
        var now = time.GetUtcNow();
        var checkpoint = Checkpoint.Of(epoch, kind, weightsHash, optimizerHash, now);
        var manifest = Manifest.Read(await files.Read(epoch.ManifestHash!, cancel));
        db.Checkpoints.Add(checkpoint);
        var taught = epoch.RewardId is { } reward
            ? RewardManifest.Read(await files.Read(await db.LearnedRewards.Where(r => r.Id == reward).Select(r => r.ManifestHash).FirstAsync(cancel), cancel)).Groups
            : manifest.Groups;
        db.TaughtBy.AddRange(taught.SelectMany(g => g.Votes).Distinct().Select(vote => new TaughtBy(checkpoint, vote)));
        epoch.Complete(checkpoint, now);
        held.Succeed(now);
        await db.SaveChangesAsync(cancel);
        await Retire(db, epoch.Id, cancel);
        var project = await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        return project.DeletedAt is null ? await Begin(db, project, checkpoint.Id, cancel) : null;
    }, cancel);

    /// <summary>The worker cannot go on: ends the job and says why on the epoch.</summary>
    public Task Fail(Job job, string error, CancellationToken cancel = default) => Work(job, (_, held, epoch) =>
    {
        epoch.Fail(error);
        held.Fail(error, time.GetUtcNow());
        return Task.FromResult(true);
    }, cancel);

    /// <summary>Queues again what failed; it goes on from what was written.</summary>
    public Task Retry(long epochId, CancellationToken cancel = default) => Change(epochId, async (db, epoch) =>
    {
        epoch.Retry();
        var trains = epoch.State != EpochState.Sampling;
        var job = await db.Jobs.Where(j => j.EpochId == epochId && (trains ? j.Kind == JobKind.Train : j.Kind == JobKind.Sample || j.Kind == JobKind.Evaluate)).OrderByDescending(j => j.Id).FirstAsync(cancel);
        job.Retry();
        return true;
    }, cancel);

    /// <summary>Stops sampling or training. No vote is lost: the epoch goes back to labelling, and votes that came while it was closed count where their items want them.</summary>
    public Task Cancel(long epochId, CancellationToken cancel = default) => Change(epochId, async (db, epoch) =>
    {
        var now = time.GetUtcNow();
        // Half of an evaluation compares nothing.
        var isWhole = await db.Projects.AnyAsync(p => p.Id == epoch.ProjectId && p.Source != PictureSource.Checkpoints, cancel);
        epoch.Cancel(isWhole && await db.Groups.AnyAsync(g => g.EpochId == epochId && g.Use != GroupUse.Evaluation, cancel), now);
        await CancelJobs(db, [epochId], now, cancel);
        var late = await db.Votes.Include(v => v.Item)
            .Where(v => v.EpochId == epochId && v.Surplus && v.Kind != VoteKind.Undo && v.SupersededById == null && v.Quarantine == null).OrderBy(v => v.Id).ToListAsync(cancel);
        foreach (var vote in late.Where(vote => epoch.TakesVotes && vote.Item!.Votes < vote.Item.VotesWanted))
        {
            vote.CountAfterAll();
        }
        return true;
    }, cancel);

    /// <summary>Goes back to a checkpoint (null: the base model): everything after it is marked as rolled back and kept, and a new epoch is sampled by it.</summary>
    public Task<Epoch> RollBack(long projectId, long? checkpointId, CancellationToken cancel = default) => contexts.Write(Exclusive.Epoch, projectId, async db =>
    {
        var now = time.GetUtcNow();
        var project = await db.Projects.FirstAsync(p => p.Id == projectId, cancel);
        project.RequireSampled("roll back");
        var target = checkpointId is null ? null : await db.Checkpoints.FirstOrDefaultAsync(c => c.Id == checkpointId && c.ProjectId == projectId, cancel)
            ?? throw new LabelerException("That checkpoint is not one of this project's.");
        var kept = target is null ? 0 : await db.Epochs.Where(e => e.Id == target.EpochId).Select(e => e.Number).FirstAsync(cancel);
        var undone = await db.Epochs.Where(e => e.ProjectId == projectId && e.Number > kept && e.State != EpochState.RolledBack && e.State != EpochState.Cancelled).ToListAsync(cancel);
        var ids = undone.Select(e => e.Id).ToList();
        undone.ForEach(e => e.RollBack(now));
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
        var epoch = Epoch.StartSampling(project, await NextNumber(db, project, cancel), checkpoint, now);
        db.Epochs.Add(epoch);
        await db.SaveChangesAsync(cancel);
        db.Items.AddRange(await Measuring.Again(db, project, epoch, cancel));
        db.Jobs.Add(Job.Queue(JobKind.Sample, project.Id, epoch.Id, null, now));
        await db.SaveChangesAsync(cancel);
        return epoch;
    }

    private static async Task<int> NextNumber(LabelerDb db, Project project, CancellationToken cancel) =>
        (await db.Epochs.Where(e => e.ProjectId == project.Id).Select(e => (int?)e.Number).MaxAsync(cancel) ?? 0) + 1;

    // Only the worker that holds the job may go on; one that lost it, or was asked to stop, changes nothing any more.
    private Task<T> Work<T>(Job job, Func<LabelerDb, Job, Epoch, Task<T>> verb, CancellationToken cancel) => Change(job.EpochId ?? 0, async (db, epoch) =>
    {
        var held = await JobQueue.Held(db, job).FirstOrDefaultAsync(j => !j.CancelRequested, cancel) ?? throw new JobLostException(job);
        return await verb(db, held, epoch);
    }, cancel);

    private async Task<T> Change<T>(long epochId, Func<LabelerDb, Epoch, Task<T>> verb, CancellationToken cancel)
    {
        long projectId;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            projectId = await db.Epochs.Where(e => e.Id == epochId).Select(e => e.ProjectId).FirstOrDefaultAsync(cancel);
        }
        if (projectId == 0)
        {
            throw new LabelerException("There is no such epoch.");
        }
        return await contexts.Write(Exclusive.Epoch, projectId, async db =>
        {
            var result = await verb(db, await db.Epochs.FirstAsync(e => e.Id == epochId, cancel));
            await db.SaveChangesAsync(cancel);
            return result;
        }, cancel);
    }

    private static Task Retire(LabelerDb db, long epochId, CancellationToken cancel) =>
        db.Items.Where(i => i.EpochId == epochId && i.State == ItemState.Open).ExecuteUpdateAsync(set => set.SetProperty(i => i.State, ItemState.Retired), cancel);

    private static async Task CancelJobs(LabelerDb db, IReadOnlyCollection<long> epochs, DateTimeOffset now, CancellationToken cancel)
    {
        var jobs = await db.Jobs.Where(j => j.EpochId != null && epochs.Contains(j.EpochId.Value) && (j.State == JobState.Queued || j.State == JobState.Running)).ToListAsync(cancel);
        jobs.ForEach(j => j.Cancel(now));
    }
}
