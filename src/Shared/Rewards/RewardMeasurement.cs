using Labeler.Shared.Jobs;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Microsoft.Extensions.Logging;

namespace Labeler.Shared.Rewards;

/// <summary>
/// Measuring learned rewards again on votes that came after they had learned: people and pictures change while a model is trained, and what
/// was right about held-out pairs then may be wrong about today's.
/// </summary>
public sealed partial class RewardMeasurement(IDbContextFactory<LabelerDb> contexts, FileStore files, TimeProvider time,
    ILogger<RewardMeasurement> log)
{
    /// <summary>Freezes the pairs of all groups that the reward has neither learned from nor been measured on, and queues the
    /// measuring.</summary>
    /// <exception cref="LabelerException">There is no such pair, a learning or measuring is under way, or the reward may be guessing
    /// anyway or is stale.</exception>
    public async Task<Job> Queue(long rewardId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var reward = await db.LearnedRewards.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rewardId, cancel)
            ?? throw new LabelerException("There is no such reward model; load the page again.");
        return await Queue(reward, cancel)
            ?? throw new LabelerException(
                "No vote has come since on pictures that it has not learned from, or all on prompts that it does not know: label more, "
                    + "then measure again.");
    }

    /// <summary>Queues the measuring of accepted rewards in whose project an epoch's votes have closed since. Call it now and
    /// then.</summary>
    public async Task QueueDue(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        foreach (var reward in await db.LearnedRewards.AsNoTracking().Where(r => r.AcceptedAt != null).ToListAsync(cancel))
        {
            var closed = await db.Epochs.Where(e => e.ProjectId == reward.ProjectId && e.FrozenAt != null)
                .MaxAsync(e => e.FrozenAt, cancel);
            if (closed is null || closed <= reward.CreatedAt || closed <= reward.LaterAt)
            {
                continue;
            }
            var asked =
                (await db.Jobs.AsNoTracking().Where(j => j.ProjectId == reward.ProjectId && j.Kind == JobKind.RewardModel)
                    .ToListAsync(cancel))
                .Where(j => j.Read<RewardOrder>().Reward == reward.Id).Max(j => (DateTimeOffset?)j.CreatedAt);
            if (closed <= asked || (await Staleness.Read(db, files, reward, cancel)).IsStale)
            {
                continue;
            }
            try
            {
                if (await Queue(reward, cancel) is null)
                {
                    await MeasureLater(db, reward.Id, 0, 0, null, cancel);
                    await db.SaveChangesAsync(cancel);
                }
            }
            catch (LabelerException error)
            {
                // A learning is under way: the next call looks again.
                Log.Later(log, reward.Id, error.Message);
            }
        }
    }

    /// <summary>What the worker is to measure on.</summary>
    /// <returns>Content hash of the reward's file, and the pairs.</returns>
    public async Task<(string Weights, RewardManifest Later)> Read(Job job, CancellationToken cancel = default)
    {
        var order = job.Read<RewardOrder>();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return (
            await db.LearnedRewards.Where(r => r.Id == order.Reward).Select(r => r.WeightsHash).FirstAsync(cancel),
            RewardManifest.Read(await files.Read(order.Manifest, cancel)));
    }

    /// <summary>It is measured: ends the job.</summary>
    /// <exception cref="JobLostException">Another worker has the job, or somebody called it off; nothing was written.</exception>
    public Task Complete(Job job, int right, int pairs, double? independent = null, CancellationToken cancel = default) =>
        contexts.Write(job, async (db, held) =>
    {
        await MeasureLater(db, job.Read<RewardOrder>().Reward, right, pairs, independent, cancel);
        held.Succeed(time.GetUtcNow());
        return held;
    }, cancel);

    /// <summary>Null where there is nothing to measure on.</summary>
    private Task<Job?> Queue(LearnedReward reward, CancellationToken cancel) =>
        contexts.Write<Job?>(LockScope.Epoch, reward.ProjectId, async db =>
    {
        LabelerException.ThrowIf(
            !reward.BeatsGuessing, "It may be guessing about held-out pairs already: learn a new one from more votes.");
        var project = await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == reward.ProjectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");
        await RewardWorkflow.RequireFree(db, project, cancel);
        await Staleness.RequireFresh(db, files, reward, cancel);
        var known = RewardManifest.Read(await files.Read(reward.ManifestHash, cancel));
        var (seen, prompts) = (known.Groups.Select(group => group.Id).ToHashSet(), known.Prompts());
        var others = await LearningFigures.KnowNewPrompts(files, reward, cancel);
        var later = (await RewardManifest.Judged(db, project, cancel))
            .Where(group => !seen.Contains(group.Id) && (others || prompts.Contains(group.Prompt))).ToList();
        if (later.Count == 0)
        {
            return null;
        }
        var manifest = await files.Put(new RewardManifest(project.Slug, later).ToBytes(), cancel);
        var job = Job.Queue(JobKind.RewardModel, project.Id, null, new RewardOrder(manifest, reward.Id), time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }, cancel);

    private async Task MeasureLater(LabelerDb db, long? rewardId, int right, int pairs, double? independent, CancellationToken cancel) =>
        (await db.LearnedRewards.FirstAsync(r => r.Id == rewardId, cancel)).MeasureLater(right, pairs, independent, time.GetUtcNow());

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Reward {RewardId} is not measured on new votes yet: {Reason}")]
        public static partial void Later(ILogger log, long rewardId, string reason);
    }
}
