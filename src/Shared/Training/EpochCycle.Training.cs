using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;

namespace Labeler.Shared.Training;

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
    /// <param name="expectedHash">The dry run's that a person confirmed; null to train on whatever there is.</param>
    /// <exception cref="LabelerException">Nothing to learn, or votes came since the dry run.</exception>
    public Task<Job> Train(long epochId, string? expectedHash, CancellationToken cancel = default) => Freeze(epochId, null, (_, _, plan) =>
    {
        LabelerException.ThrowIf(plan.Signal == 0, $"There is nothing to learn yet: {plan.WhatIsMissing}.");
        return expectedHash is null || expectedHash == plan.Hash
            ? Task.FromResult((plan.Manifest, plan.Signal))
            : throw new LabelerException("Votes have come in since the dry run: look at it again, then train.");
    }, cancel);

    /// <summary>Freezes what training will use and queues it.</summary>
    /// <param name="rewardId">The learned reward that judges every picture; null where people did.</param>
    /// <param name="choose">What to use, given what the votes give now, and its usable pairs.</param>
    internal Task<Job> Freeze(
        long epochId, long? rewardId, Func<LabelerDb, Epoch, TrainingPlan, Task<(Manifest Manifest, int Signal)>> choose,
            CancellationToken cancel) => Change(epochId, async (db, epoch) =>
    {
        (await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel)).RequireSampled("train");
        var (manifest, signal) = await choose(db, epoch, await TrainingPlan.Make(db, epoch, cancel));
        epoch.Freeze(await files.Put(manifest.ToBytes(), cancel), signal, time.GetUtcNow(), rewardId);
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
