using System.Collections.Concurrent;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Scoring;

/// <summary>Has the rewards that projects name score the evaluation pictures of their epochs.</summary>
public sealed class EvaluationScoring(IDbContextFactory<LabelerDb> contexts, ScoringWorkflow scoring)
{
    // Epochs of which a reward has scored every picture, and to which no picture is added any more: looking through 100,000 pictures takes
    // longer than anything else that is done now and then.
    private readonly ConcurrentDictionary<(long Epoch, long Reward), bool> _scored = new();

    /// <summary>Queues what has not been scored and is not being scored. What failed once is left to people. Call it now and
    /// then.</summary>
    public async Task QueueDue(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var projects = (await db.Projects.AsNoTracking().Where(p => p.DeletedAt == null && p.Source == PictureSource.Sampled)
            .ToListAsync(cancel)).Where(p => p.Settings.MeasuredRewards.Count > 0).ToList();
        foreach (var (project, reward) in projects.SelectMany(p => p.Settings.MeasuredRewards.Select(reward => (p, reward))))
        {
            if (await db.Rewards.AnyAsync(r => r.Id == reward && r.InUseSince != null && r.RetiredAt == null, cancel))
            {
                await Queue(db, project.Id, reward, cancel);
            }
        }
    }

    private async Task Queue(LabelerDb db, long project, long reward, CancellationToken cancel)
    {
        var epochs = await db.Epochs.AsNoTracking()
            .Where(e => e.ProjectId == project && e.State != EpochState.Sampling && e.State != EpochState.Cancelled)
            .OrderByDescending(e => e.Number).Select(e => new { e.Id, GrowsYet = e.FailedFrom == EpochState.Sampling })
            .ToListAsync(cancel);
        foreach (var epoch in epochs.Where(e => !_scored.ContainsKey((e.Id, reward))))
        {
            var asked = (await db.Jobs.AsNoTracking().Where(j => j.EpochId == epoch.Id && j.Kind == JobKind.Score).ToListAsync(cancel))
                .Any(j => j.State != JobState.Succeeded && j.Read<ScoreOrder>().Reward == reward);
            if (asked)
            {
                continue;
            }
            if (await ScoringWorkflow.Unscored(db, epoch.Id, new(reward, Taught: false)).AnyAsync(cancel))
            {
                await scoring.Queue(project, epoch.Id, reward, taught: false, cancel);
            }
            else if (!epoch.GrowsYet)
            {
                _scored[(epoch.Id, reward)] = true;
            }
        }
    }
}
