using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Rewards;
using Labeler.Shared.Samples;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Epochs;

// What an epoch is trained on.
public sealed partial class EpochCycle
{
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
}
