using Labeler.Shared.Data;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Rewards;

/// <summary>Learning a reward from a project's votes: what is queued, what the worker hands in, and who allows its use.</summary>
public sealed class RewardWorkflow(IDbContextFactory<LabelerDb> contexts, FileStore files, TimeProvider time)
{
    /// <summary>Freezes the pairs that the votes of all epochs give, and queues the learning from them.</summary>
    /// <exception cref="LabelerException">A learning is under way, or fewer than two groups have a pair.</exception>
    public Task<Job> Queue(long projectId, CancellationToken cancel = default) => contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        var project = await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");
        await RequireFree(db, project, cancel);
        var groups = await RewardManifest.Judged(db, project, cancel);
        if (groups.Count < 2)
        {
            throw new LabelerException($"{project.Name} has {groups.Count} groups with a better and a worse picture: at least 2 are needed, as some are held out to measure the model. Label more of them.");
        }
        var manifest = await files.Put(new RewardManifest(project.Slug, groups).ToBytes(), cancel);
        var job = Job.Queue(JobKind.RewardModel, projectId, null, new RewardOrder(manifest), time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }, cancel);

    /// <summary>What the worker is to learn from.</summary>
    public async Task<RewardManifest> Read(Job job, CancellationToken cancel = default) => RewardManifest.Read(await files.Read(job.Read<RewardOrder>().Manifest, cancel));

    /// <summary>The model is there and measured: ends the job.</summary>
    /// <exception cref="JobLostException">The job has gone to another worker; nothing was written.</exception>
    public Task<LearnedReward> Complete(Job job, MeasuredReward measured, CancellationToken cancel = default) => contexts.Write(LockScope.Epoch, job.ProjectId!.Value, async db =>
    {
        var held = await JobQueue.Held(db, job).FirstOrDefaultAsync(j => !j.CancelRequested, cancel) ?? throw new JobLostException(job);
        var now = time.GetUtcNow();
        var reward = new LearnedReward(job.ProjectId.Value, job.Id, job.Read<RewardOrder>().Manifest, measured, now);
        db.LearnedRewards.Add(reward);
        held.Succeed(now);
        await db.SaveChangesAsync(cancel);
        return reward;
    }, cancel);

    /// <exception cref="LabelerException">A learning or measuring of the project is under way.</exception>
    internal static async Task RequireFree(LabelerDb db, Project project, CancellationToken cancel)
    {
        if (await db.Jobs.AnyAsync(j => j.ProjectId == project.Id && j.Kind == JobKind.RewardModel && (j.State == JobState.Queued || j.State == JobState.Running), cancel))
        {
            throw new LabelerException($"A reward is being learned from {project.Name} or measured on it already: wait for it, or stop it first.");
        }
    }

    /// <inheritdoc cref="LearnedReward.Accept"/>
    public async Task Accept(long rewardId, int right, int heldOut, string by, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var reward = await db.LearnedRewards.FirstOrDefaultAsync(r => r.Id == rewardId, cancel) ?? throw new LabelerException("There is no such reward model; load the page again.");
        reward.Accept(right, heldOut, by, time.GetUtcNow());
        await db.SaveChangesAsync(cancel);
    }
}
