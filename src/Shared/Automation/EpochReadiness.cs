using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Automation;

/// <summary>Finds epochs that have become ready to train, where a webhook wants to know. One at a time may look.</summary>
public sealed class EpochReadiness(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    // By which vote and which budget an epoch was looked at last: nothing else makes it ready.
    private readonly Dictionary<long, (long Vote, int Budget)> _seen = [];

    /// <summary>Looks at every epoch that is being labeled and was voted on since the last time.</summary>
    public async Task Look(CancellationToken cancel = default)
    {
        foreach (var (epoch, project) in await Asked(cancel))
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var newest = await db.Votes.Where(v => v.EpochId == epoch.Id).MaxAsync(v => (long?)v.Id, cancel) ?? 0;
            var now = (newest, project.Settings.SignalBudget);
            if (newest == 0 || (_seen.TryGetValue(epoch.Id, out var seen) && seen == now))
            {
                continue;
            }
            var plan = await TrainingPlan.Make(db, epoch, cancel);
            if (plan.IsReady(project.Settings))
            {
                await Tell(epoch, plan.Signal, cancel);
            }
            _seen[epoch.Id] = now;
        }
    }

    private async Task<List<(Epoch Epoch, Project Project)>> Asked(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var wanting = (await db.Webhooks.AsNoTracking().Where(w => w.State != WebhookState.Off).ToListAsync(cancel))
            .Where(webhook => webhook.Wants(EventKind.EpochReady)).ToList();
        if (wanting.Count == 0)
        {
            return [];
        }
        var (ofAll, ids) = (wanting.Exists(webhook => webhook.ProjectId is null), wanting.Select(webhook => webhook.ProjectId).ToList());
        var found = await db.Epochs.AsNoTracking().Where(e => e.State == EpochState.Labeling && e.ReadyAt == null)
            .Join(db.Projects, e => e.ProjectId, p => p.Id, (e, p) => new { Epoch = e, Project = p })
            .Where(one => one.Project.DeletedAt == null && one.Project.Source == PictureSource.Sampled
                && (ofAll || ids.Contains(one.Project.Id))).ToListAsync(cancel);
        return [.. found.Select(one => (one.Epoch, one.Project))];
    }

    private Task<int> Tell(Epoch seen, int signal, CancellationToken cancel) =>
        contexts.Write(LockScope.Epoch, seen.ProjectId, async db =>
    {
        var epoch = await db.Epochs.FirstAsync(e => e.Id == seen.Id, cancel);
        if (epoch.State == EpochState.Labeling)
        {
            epoch.BecomeReady(signal, time.GetUtcNow());
        }
        return await db.SaveChangesAsync(cancel);
    }, cancel);
}
