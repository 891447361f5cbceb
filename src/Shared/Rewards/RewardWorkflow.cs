using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;

namespace Labeler.Shared.Rewards;

/// <summary>Learning a reward from a project's votes: what is queued, what the worker hands in, and who allows its use.</summary>
public sealed class RewardWorkflow(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, FileStore files, TimeProvider time)
{
    /// <summary>Freezes the pairs that the votes of all epochs give, and queues the learning from them.</summary>
    /// <param name="tower">See <see cref="RewardOrder.Tower"/>; empty for none.</param>
    /// <exception cref="LabelerException">A learning is under way, or fewer than two groups have a pair.</exception>
    public Task<Job> Queue(long projectId, string? tower = null, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        var project = await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");
        await RequireFree(db, project, cancel);
        var groups = await RewardManifest.Judged(db, project, cancel);
        LabelerException.ThrowIf(
            groups.Count < 2,
            $"{project.Name} has {groups.Count} groups with a better and a worse picture: at least 2 are needed, as some are held out to "
                + $"measure the model. Label more of them.");
        var manifest = await files.Put(new RewardManifest(project.Slug, groups).ToBytes(), cancel);
        var job =
            Job.Queue(JobKind.RewardModel, projectId, null,
                new RewardOrder(manifest, Tower: string.IsNullOrWhiteSpace(tower) ? null : tower.Trim()), time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }, cancel);

    /// <summary>What the worker is to learn from.</summary>
    public async Task<RewardManifest> Read(Job job, CancellationToken cancel = default) =>
        RewardManifest.Read(await files.Read(job.Read<RewardOrder>().Manifest, cancel));

    /// <summary>The model is there and measured: ends the job.</summary>
    /// <exception cref="JobLostException">Another worker has the job, or somebody called it off; nothing was written.</exception>
    public Task<LearnedReward> Complete(Job job, MeasuredReward measured, CancellationToken cancel = default) =>
        contexts.Write(job, (db, held) =>
    {
        var now = time.GetUtcNow();
        var reward = new LearnedReward(job.ProjectId!.Value, job.Id, job.Read<RewardOrder>().Manifest, measured, now);
        db.LearnedRewards.Add(reward);
        held.Succeed(now);
        return Task.FromResult(reward);
    }, cancel);

    /// <exception cref="LabelerException">A learning or measuring of the project is under way.</exception>
    internal static async Task RequireFree(LabelerDb db, Project project, CancellationToken cancel)
    {
        LabelerException.ThrowIf(
            await db.Jobs.AnyAsync(
                j => j.ProjectId == project.Id && j.Kind == JobKind.RewardModel
                    && (j.State == JobState.Queued || j.State == JobState.Running), cancel),
            $"A reward is being learned from {project.Name} or measured on it already: wait for it, or stop it first.");
    }

    /// <summary>Freezes all of an epoch's pictures, judged by people or not, and queues training on them by a learned reward.</summary>
    /// <exception cref="LabelerException">The reward was not accepted or is stale, knows not all of the prompts, or there is no picture to
    /// learn from.</exception>
    public Task<Job> Train(long epochId, long rewardId, CancellationToken cancel = default) =>
        cycle.Freeze(epochId, rewardId, async (db, epoch, plan) =>
    {
        var reward = await db.LearnedRewards.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rewardId, cancel)
            ?? throw new LabelerException("There is no such reward model; load the page again.");
        LabelerException.ThrowIf(
            reward.AcceptedAt is null, "Nobody has accepted this reward model yet: look at its accuracy on held-out pairs first.");
        await Staleness.RequireFresh(db, files, reward, cancel);
        var known = RewardManifest.Read(await files.Read(reward.ManifestHash, cancel)).Prompts();
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.EpochId == epochId && g.Use != GroupUse.Evaluation && g.TrajectoryHash != null).OrderBy(g => g.Id)
                .ToListAsync(cancel);
        if (!await LearningFigures.KnowNewPrompts(files, reward, cancel)
            && groups.Select(g => g.Prompt).FirstOrDefault(prompt => !known.Contains(prompt)) is { } unknown)
        {
            throw new LabelerException(
                $"The reward model has learned nothing about the prompt \"{unknown}\": label pictures of it and learn again.");
        }
        return groups.Count == 0 ? throw new LabelerException($"Epoch {epoch.Number} has no picture to learn from.") : (plan.Manifest with
        {
            Reward = reward.WeightsHash,
            Groups = [
                .. groups.Select(
                    g => new ManifestGroup(g.Id, g.Prompt, g.Seed, g.TrajectoryHash, [.. g.Images.Select(i => i.ContentHash)], [], []))],
        }, 0);
    }, cancel);

    /// <summary>Allows its use; see <see cref="LearnedReward.Accept"/>.</summary>
    /// <exception cref="LabelerException">It may be guessing or is stale, or another accuracy was shown.</exception>
    public async Task Accept(long rewardId, int right, int heldOut, string by, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var reward = await db.LearnedRewards.FirstOrDefaultAsync(r => r.Id == rewardId, cancel)
            ?? throw new LabelerException("There is no such reward model; load the page again.");
        await Staleness.RequireFresh(db, files, reward, cancel);
        reward.Accept(right, heldOut, by, time.GetUtcNow());
        await db.SaveChangesAsync(cancel);
    }
}
