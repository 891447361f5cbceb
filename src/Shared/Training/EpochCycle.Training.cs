using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Training;

// What an epoch is trained on.
public sealed partial class EpochCycle
{
    /// <summary>Queues again what failed; it goes on from what was written.</summary>
    /// <exception cref="LabelerException">It was training, and votes that it was frozen with teach nothing any more.</exception>
    public Task Retry(long epochId, CancellationToken cancel = default) => Change(epochId, async (db, epoch) =>
    {
        epoch.Retry();
        var trains = epoch.State != EpochState.Sampling;
        if (trains)
        {
            var (lost, of) = (await VotesSetAside.Read(db, epoch.ProjectId, cancel)).In(await Taught(db, epoch, cancel));
            LabelerException.ThrowIf(
                lost > 0,
                $"{lost} of the {of} votes that it learns from {(lost == 1 ? "was" : "were")} withdrawn or set aside since: cancel the "
                    + "training, then train again.");
        }
        var job =
            await db.Jobs.Where(
                j => j.EpochId == epochId && (trains ? j.Kind == JobKind.Train : j.Kind == JobKind.Sample || j.Kind == JobKind.Evaluate))
                    .OrderByDescending(j => j.Id).FirstAsync(cancel);
        job.Retry();
        await CountLate(db, epoch, cancel);
        return true;
    }, cancel);

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
        LabelerException.ThrowIf(
            AlgorithmInfo.Find(plan.Manifest.Algorithm) is { TakesBaseline: true }
                && plan.Manifest.Training.Baseline == RewardBaseline.Greedy,
            "The greedy baseline compares with images that nobody judged: train on a learned reward, or choose another baseline in the "
                + "project's settings.");
        LabelerException.ThrowIf(plan.Signal == 0, $"There is nothing to learn yet: {plan.WhatIsMissing}.");
        return expectedHash is null || expectedHash == plan.Hash
            ? Task.FromResult((plan.Manifest, plan.Signal))
            : throw new LabelerException("Votes have come in since the dry run: look at it again, then train.");
    }, cancel);

    /// <summary>Freezes what training will use and queues it.</summary>
    /// <param name="rewardId">The learned reward that judges every picture; null where people did.</param>
    /// <param name="runId">The run of training on a reward that asks for it.</param>
    /// <param name="choose">What to use, given what the votes give now, and its usable pairs.</param>
    internal Task<Job> Freeze(
        long epochId, long? rewardId, Func<LabelerDb, Epoch, TrainingPlan, Task<(Manifest Manifest, int Signal)>> choose,
            CancellationToken cancel, long? runId = null) => Change(epochId, async (db, epoch) =>
    {
        var project = await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        project.RequireSampled("train");
        var plan = await TrainingPlan.Make(db, epoch, cancel);
        var (manifest, signal) = await choose(db, epoch, plan);
        // Nobody may have looked since the vote that was still missing.
        if (rewardId is null && plan.IsReady(project.Settings))
        {
            epoch.BecomeReady(plan.Signal, time.GetUtcNow());
        }
        epoch.Freeze(await files.Put(manifest.ToBytes(), cancel), signal, time.GetUtcNow(), rewardId, runId);
        var job = Job.Queue(JobKind.Train, epoch.ProjectId, epoch.Id, null, time.GetUtcNow(), priority: 10);
        db.Jobs.Add(job);
        return job;
    }, cancel);

    /// <summary>What the epochs on the way to an epoch's policy learned from, the oldest first, as far as the same reward judged them, or
    /// people where people judge it. Groups judged by votes that have been set aside since are left out.</summary>
    public async Task<IReadOnlyList<Manifest>> Before(Job job, Manifest manifest, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Epochs.Where(e => e.Id == job.EpochId).Select(e => e.SampledById).FirstAsync(cancel) is not { } policy)
        {
            return [];
        }
        var (before, aside) = (new List<Manifest>(), await VotesSetAside.Read(db, job.ProjectId!.Value, cancel));
        foreach (var checkpoint in (await CheckpointLineage.Line(db, policy, cancel)).Reverse())
        {
            var earlier = Manifest.Read(await files.Read(checkpoint.ManifestHash, cancel));
            if (earlier.Reward == manifest.Reward && earlier.Teacher == manifest.Teacher)
            {
                before.Add(earlier with { Groups = [.. earlier.Groups.Where(group => !aside.Touched(group))] });
            }
        }
        return before;
    }

    /// <summary>What of <see cref="Before"/> a training learns from again, the latest epoch first: as many epochs as its project says, of
    /// the same model and sampled with the same settings, without groups whose trajectory has been freed.</summary>
    public async Task<IReadOnlyList<Manifest>> Replayed(Job job, Manifest manifest, CancellationToken cancel = default)
    {
        if (manifest.Training.Replay == 0 || manifest.Reward is not null || AlgorithmInfo.Find(manifest.Algorithm) is not { Replays: true })
        {
            return [];
        }
        var earlier = (await Before(job, manifest, cancel)).Reverse().Take(manifest.Training.Replay)
            .Where(one => one.Model == manifest.Model && one.Sampling == manifest.Sampling).ToList();
        var epochs = earlier.ConvertAll(one => one.Epoch);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var freed = await db.Groups.Where(g => g.TrajectoryFreedAt != null && db.Epochs.Any(e =>
            e.Id == g.EpochId && e.ProjectId == job.ProjectId && epochs.Contains(e.Number))).Select(g => g.Id).ToHashSetAsync(cancel);
        return [.. earlier.Select(one => one with { Held = null, Groups = [.. one.Groups.Where(group => !freed.Contains(group.Id))] })
            .Where(one => one.Groups.Count > 0)];
    }

    /// <summary>The groups whose votes an epoch that was frozen learns from, directly or through a reward.</summary>
    private async Task<IReadOnlyList<ManifestGroup>> Taught(LabelerDb db, Epoch epoch, CancellationToken cancel) =>
        epoch.RewardId is { } reward
            ? RewardManifest.Read(await files.Read(await db.ManifestOfReward(reward, cancel), cancel)).Groups
            : Manifest.Read(await files.Read(epoch.ManifestHash!, cancel)).Groups;

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
