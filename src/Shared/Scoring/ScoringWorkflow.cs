using Labeler.Shared.Jobs;
using Labeler.Shared.Rewards;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Scoring;

/// <summary>Having rewards score pictures: what is queued, and what the worker reads and keeps.</summary>
public sealed class ScoringWorkflow(IDbContextFactory<LabelerDb> contexts, FileStore files, RewardKeys keys, TimeProvider time)
{
    /// <summary>The most pictures of a trial.</summary>
    public const int MostTried = 12;

    /// <summary>Has a reward score a project's newest pictures, so that somebody can look at the answers before it is used.</summary>
    /// <exception cref="LabelerException">The project has no picture, or a trial is under way.</exception>
    public Task<Job> Try(long rewardId, long projectId, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        LabelerException.ThrowIf(await Busy(db, rewardId, null, cancel), "It is being tried already: wait for it, or stop it first.");
        // One of each group, as the pictures of a group are alike.
        var images = await db.Groups.Where(g => g.ProjectId == projectId).OrderByDescending(g => g.Id).Take(MostTried)
            .SelectMany(g => g.Images.Where(i => i.Index == 0).Select(i => i.Id)).ToListAsync(cancel);
        LabelerException.ThrowIf(images.Count == 0, "That project has no picture yet: choose another, or have it sampled first.");
        return await Add(db, Job.Queue(JobKind.Score, projectId, null, new ScoreOrder(rewardId, false, images), time.GetUtcNow()), cancel);
    }, cancel);

    /// <summary>Has a reward score an epoch's pictures that it has not scored yet.</summary>
    /// <param name="taught">Also those that training learns from.</param>
    /// <returns>Null where all are scored, or are being scored.</returns>
    public Task<Job?> Queue(long projectId, long epochId, long rewardId, bool taught, CancellationToken cancel = default) =>
        contexts.Write<Job?>(LockScope.Epoch, projectId, async db =>
    {
        var order = new ScoreOrder(rewardId, taught);
        return await Busy(db, rewardId, epochId, cancel) || !await Unscored(db, epochId, order).AnyAsync(cancel) ? null
            : await Add(db, Job.Queue(JobKind.Score, projectId, epochId, order, time.GetUtcNow(), priority: 5), cancel);
    }, cancel);

    /// <summary>What the worker is to score.</summary>
    /// <exception cref="LabelerException">The reward is gone, its key cannot be opened, or it is stale.</exception>
    public async Task<ScoringWork> Read(Job job, CancellationToken cancel = default)
    {
        var order = job.Read<ScoreOrder>();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var images = await Unscored(db, job.EpochId ?? 0, order).OrderBy(i => i.Id)
            .Join(db.Groups, i => i.GroupId, g => g.Id, (i, g) => new ScoredImage(i.Id, g.Id, i.Index, g.Prompt, i.ContentHash))
            .ToListAsync(cancel);
        return await Find(order.Reward, cancel) with { Images = images };
    }

    /// <summary>A reward with all that is needed to ask it, about no picture yet.</summary>
    /// <exception cref="LabelerException">The reward is gone, its key cannot be opened, or it is stale.</exception>
    public async Task<ScoringWork> Find(long rewardId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var reward = await db.Rewards.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rewardId, cancel)
            ?? throw new LabelerException("The reward that was to score is not there any more.");
        return new(reward, keys.Open(reward.ProtectedKey), await Learned(db, reward, cancel), []);
    }

    /// <summary>Writes some scores; those that stand already stay.</summary>
    /// <exception cref="JobLostException">Another worker has the job, or somebody called it off; nothing was written.</exception>
    public Task Keep(Job job, IReadOnlyList<(long Image, double? Value)> scores, CancellationToken cancel = default) =>
        contexts.Write(job, async (db, _) =>
    {
        var reward = job.Read<ScoreOrder>().Reward;
        var ids = scores.Select(score => score.Image).ToList();
        var there = await db.ImageScores.Where(s => s.RewardId == reward && ids.Contains(s.ImageId)).Select(s => s.ImageId)
            .ToHashSetAsync(cancel);
        db.ImageScores.AddRange(scores.Where(score => !there.Contains(score.Image))
            .Select(score => new ImageScore(reward, score.Image, score.Value)));
        return true;
    }, cancel);

    /// <summary>The worker has asked about every picture of its job or share; with the last share the whole job ends. What could not be
    /// asked about fails a share, and the whole job when the others are done.</summary>
    /// <param name="why">Some could not; null where all got their answer.</param>
    /// <returns>How the job or share failed; null where it did not.</returns>
    /// <exception cref="JobLostException">Another worker has the job, or somebody called it off; nothing was written.</exception>
    public Task<string?> Finish(Job job, string? why, CancellationToken cancel = default) => contexts.Write(job, async (db, held) =>
    {
        await Shares.End(db, held, why, ended => Lost(db, ended, cancel), time.GetUtcNow(), cancel);
        return held.Error;
    }, cancel);

    /// <summary>The pictures of an order that have no score of its reward yet.</summary>
    public static IQueryable<SampleImage> Unscored(LabelerDb db, long epochId, ScoreOrder order) =>
        Ordered(db, epochId, order).Where(i => !db.ImageScores.Any(s => s.RewardId == order.Reward && s.ImageId == i.Id));

    private static IQueryable<SampleImage> Ordered(LabelerDb db, long epochId, ScoreOrder order)
    {
        var images = order.Images is { } chosen ? db.Images.Where(i => chosen.Contains(i.Id))
            : db.Images.Where(i => db.Groups.Any(g => g.Id == i.GroupId && g.EpochId == epochId
                && (order.Taught || g.Use == GroupUse.Evaluation)));
        return order.Within is { } range ? images.Where(i => i.Id >= range.First && i.Id <= range.Last) : images;
    }

    private static async Task<string> Lost(LabelerDb db, Job job, CancellationToken cancel)
    {
        var (order, epoch) = (job.Read<ScoreOrder>(), job.EpochId ?? 0);
        var name = await db.Rewards.Where(r => r.Id == order.Reward).Select(r => r.Name).FirstAsync(cancel);
        return $"{name} gave no score for {await Unscored(db, epoch, order).CountAsync(cancel)} of "
            + $"{await Ordered(db, epoch, order).CountAsync(cancel)} pictures: {job.Error}. What it gave is kept.";
    }

    private async Task<string?> Learned(LabelerDb db, Reward reward, CancellationToken cancel)
    {
        if (reward.Kind != RewardKind.Learned)
        {
            return null;
        }
        var learned = await db.LearnedRewards.AsNoTracking().FirstOrDefaultAsync(r => r.Id == reward.Settings.LearnedReward, cancel)
            ?? throw new LabelerException("The reward model that was to score is not there any more.");
        LabelerException.ThrowIf(learned.AcceptedAt is null, "Nobody has accepted that reward model yet.");
        await Staleness.RequireFresh(db, files, learned, cancel);
        return learned.WeightsHash;
    }

    private static async Task<bool> Busy(LabelerDb db, long rewardId, long? epochId, CancellationToken cancel) =>
        (await db.Jobs.AsNoTracking().Where(j => j.Kind == JobKind.Score && j.EpochId == epochId
            && (j.State == JobState.Queued || j.State == JobState.Running)).ToListAsync(cancel))
        .Any(j => j.Read<ScoreOrder>().Reward == rewardId);

    private static async Task<Job> Add(LabelerDb db, Job job, CancellationToken cancel)
    {
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }
}
