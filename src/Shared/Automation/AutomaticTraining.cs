using Labeler.Shared.Data.Servers;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Rewards;
using Labeler.Shared.Scoring;
using Labeler.Shared.Statistics;
using Labeler.Shared.Training;
using Microsoft.Extensions.Logging;

namespace Labeler.Shared.Automation;

/// <summary>What projects do by themselves where their settings say so: train when there is enough, go back when the model has become
/// worse.</summary>
public sealed partial class AutomaticTraining(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, RewardMeasurement rewards,
    RewardTraining training, EvaluationScoring measuring, Duties duties, ILogger<AutomaticTraining> log)
{
    /// <summary>The name under which one process of an installation takes these steps.</summary>
    public const string Duty = "automatic training";

    /// <summary>How soon another takes over after the one that did it has died.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);

    /// <summary>Takes the next step of every epoch that is ready for it, and has rewards in use measured on new votes. Call it now and
    /// then.</summary>
    /// <returns>The trainings queued; none where another process does it.</returns>
    public async Task<IReadOnlyList<Job>> GoOn(CancellationToken cancel = default)
    {
        if (!await duties.Hold(Duty, Lease, cancel))
        {
            return [];
        }
        await rewards.QueueDue(cancel);
        await training.GoOn(cancel);
        await measuring.QueueDue(cancel);
        var jobs = new List<Job>();
        foreach (var (project, epoch, plan, isWorse) in await Ready(cancel))
        {
            try
            {
                if (isWorse)
                {
                    await cycle.RollBack(project.Id, epoch.SampledBy!.ParentId, epoch.Id, cancel,
                        $"epoch {epoch.Number} is clearly worse than the one that its model learned from");
                }
                else if (project.Settings.TrainAutomatically)
                {
                    jobs.Add(await cycle.Train(epoch.Id, plan.Hash, cancel));
                }
            }
            catch (LabelerException error)
            {
                // A vote or a person came in between: the next call looks again.
                Log.Later(log, project.Name, epoch.Number, error.Message);
            }
        }
        return jobs;
    }

    /// <summary>Leaves it to another process; call it when this one ends.</summary>
    public Task Rest() => duties.GiveUp(Duty);

    private async Task<List<(Project Project, Epoch Epoch, TrainingPlan Plan, bool IsWorse)>> Ready(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var projects =
            (await db.Projects.AsNoTracking().Where(p => p.DeletedAt == null && p.Source == PictureSource.Sampled)
                // A run decides by itself.
                .Where(p => !db.RewardRuns.Any(r => r.ProjectId == p.Id && r.EndedAt == null)).ToListAsync(cancel))
            .Where(p => p.Settings.TrainAutomatically || p.Settings.RollBackWhenWorse).ToDictionary(p => p.Id);
        var ids = projects.Keys.ToList();
        var ready = new List<(Project, Epoch, TrainingPlan, bool)>();
        foreach (var epoch in await db.Epochs.AsNoTracking().Include(e => e.SampledBy)
            .Where(e => ids.Contains(e.ProjectId) && e.State == EpochState.Labeling).ToListAsync(cancel))
        {
            var project = projects[epoch.ProjectId];
            var plan = await TrainingPlan.Make(db, epoch, cancel);
            // Asked once: when the epoch is judged, or when it would train. Whoever looks at an interval after every vote finds chance
            // sooner or later.
            var isWorse = project.Settings.RollBackWhenWorse
                && (plan.IsJudged || project.Settings.TrainAutomatically && plan.IsReady(project.Settings))
                && (await EpochChange.Read(db, project, epoch, cancel)).Any(change => change.IsWorse);
            if (isWorse || plan.IsReady(project.Settings))
            {
                ready.Add((project, epoch, plan, isWorse));
            }
        }
        return ready;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Project}: epoch {Epoch} does not go on by itself yet: {Reason}")]
        public static partial void Later(ILogger log, string project, int epoch, string reason);
    }
}
