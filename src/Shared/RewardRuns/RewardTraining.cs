using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Scoring;
using Labeler.Shared.Training;

namespace Labeler.Shared.RewardRuns;

/// <summary>Projects that train on a reward by themselves: samples, scores and updates follow each other until a rule ends the
/// run.</summary>
public sealed class RewardTraining(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, ScoringWorkflow scoring, TimeProvider time)
{
    /// <summary>Begins a run; the project's epoch that is being sampled or labeled is its first.</summary>
    /// <exception cref="LabelerException">A run goes on, the reward is not in use, or the project samples nothing.</exception>
    public Task<RewardRun> Start(long projectId, long rewardId, RewardRunOptions options, string by, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        var project = await db.Projects.FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");
        project.RequireSampled("train");
        LabelerException.ThrowIf(
            await db.RewardRuns.AnyAsync(r => r.ProjectId == projectId && r.EndedAt == null, cancel),
            $"{project.Name} is training on a reward already: stop that run first.");
        var reward = await db.Rewards.FirstOrDefaultAsync(r => r.Id == rewardId, cancel);
        LabelerException.ThrowIf(reward is not { IsInUse: true }, "Choose a reward that is in use.");
        LabelerException.ThrowIf(
            AlgorithmInfo.Find(project.Settings.Algorithm) is { TakesBaseline: true }
                && project.Settings.Training.Baseline == RewardBaseline.Greedy,
            "The greedy baseline needs pictures that the reward is not asked about here: choose another baseline in the project's "
                + "settings.");
        var run = new RewardRun(projectId, rewardId, options, by, time.GetUtcNow());
        db.RewardRuns.Add(run);
        await db.SaveChangesAsync(cancel);
        return run;
    }, cancel);

    /// <summary>Ends a run; what is being sampled or trained goes on to its end, and its epoch is there to be labeled.</summary>
    public Task Stop(long runId, string by, CancellationToken cancel = default) => End(runId, $"Stopped by {by}.", failed: false, cancel);

    /// <summary>Takes the next step of every run that is ready for it. Call it now and then.</summary>
    public async Task GoOn(CancellationToken cancel = default)
    {
        foreach (var run in await Going(cancel))
        {
            try
            {
                await Step(run, cancel);
            }
            catch (LabelerException error)
            {
                await End(run.Id, error.Message, failed: true, cancel);
            }
        }
    }

    private async Task Step(RewardRun run, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var project = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == run.ProjectId, cancel);
        LabelerException.ThrowIf(project.DeletedAt is not null, "The project was deleted.");
        var epoch = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == run.ProjectId).OrderByDescending(e => e.Number)
            .FirstOrDefaultAsync(cancel);
        switch (epoch?.State)
        {
            case null or EpochState.Complete or EpochState.Cancelled or EpochState.RolledBack:
                LabelerException.ThrowIf(epoch is not null && run.LastEpochId is not null && epoch.State != EpochState.Complete,
                    $"Epoch {epoch?.Number} was canceled or rolled back.");
                await cycle.Start(run.ProjectId, await NewestCheckpoint(db, run.ProjectId, cancel), cancel);
                break;
            case EpochState.Failed:
                throw new LabelerException($"Epoch {epoch.Number} failed: {epoch.Error}");
            case EpochState.Labeling:
                await Teach(db, run, project, epoch, cancel);
                break;
        }
    }

    private async Task Teach(LabelerDb db, RewardRun run, Project project, Epoch epoch, CancellationToken cancel)
    {
        LabelerException.ThrowIf(run.LastEpochId == epoch.Id, $"The training of epoch {epoch.Number} was canceled.");
        if (!await AllScored(db, run, project, epoch, cancel))
        {
            return;
        }
        var reward = await db.Rewards.AsNoTracking().FirstAsync(r => r.Id == run.RewardId, cancel);
        if (StopRules.Why(run.Options, await Standing.Read(db, run, project, reward, epoch, cancel)) is { } why)
        {
            await End(run.Id, why, failed: false, cancel);
            return;
        }
        await cycle.Freeze(epoch.Id, null, async (writing, frozen, plan) =>
        {
            (await writing.RewardRuns.FirstAsync(r => r.Id == run.Id, cancel)).Froze(frozen.Id);
            return await TaughtByReward.Make(writing, frozen, plan, reward, run.Options, cancel);
        }, cancel, run.Id);
    }

    /// <summary>Queues what is still to be scored: by the teacher all pictures, by the project's figures those of evaluations.</summary>
    private async Task<bool> AllScored(LabelerDb db, RewardRun run, Project project, Epoch epoch, CancellationToken cancel)
    {
        var orders = project.Settings.MeasuredRewards.Where(id => id != run.RewardId).Select(id => new ScoreOrder(id, false))
            .Prepend(new ScoreOrder(run.RewardId, true)).ToList();
        var jobs = await db.Jobs.AsNoTracking().Where(j => j.EpochId == epoch.Id && j.Kind == JobKind.Score).OrderByDescending(j => j.Id)
            .ToListAsync(cancel);
        var done = true;
        foreach (var order in orders)
        {
            if (!await ScoringWorkflow.Unscored(db, epoch.Id, order).AnyAsync(cancel))
            {
                continue;
            }
            done = false;
            var last = jobs.Find(j => j.Read<ScoreOrder>() is { } read && read.Reward == order.Reward && read.Taught == order.Taught
                && j.CreatedAt >= run.StartedAt);
            LabelerException.ThrowIf(last?.State == JobState.Failed, $"Scoring epoch {epoch.Number} failed: {last?.Error}");
            LabelerException.ThrowIf(last?.State == JobState.Cancelled, $"Scoring epoch {epoch.Number} was stopped.");
            if (last is null or { State: JobState.Succeeded })
            {
                await scoring.Queue(run.ProjectId, epoch.Id, order.Reward, order.Taught, cancel);
            }
        }
        return done;
    }

    private static Task<long?> NewestCheckpoint(LabelerDb db, long projectId, CancellationToken cancel) =>
        db.Epochs.Where(e => e.ProjectId == projectId && e.State == EpochState.Complete).OrderByDescending(e => e.Number)
            .Select(e => e.CheckpointId).FirstOrDefaultAsync(cancel);

    private async Task<List<RewardRun>> Going(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.RewardRuns.AsNoTracking().Where(r => r.EndedAt == null).ToListAsync(cancel);
    }

    private async Task End(long runId, string why, bool failed, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var run = await db.RewardRuns.FirstOrDefaultAsync(r => r.Id == runId, cancel)
            ?? throw new LabelerException("There is no such run; load the page again.");
        run.End(why, failed, time.GetUtcNow());
        await db.SaveChangesAsync(cancel);
    }
}
