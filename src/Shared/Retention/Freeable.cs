using Labeler.Shared.Epochs;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Retention;

/// <summary>What nothing needs any more. Whoever removes it asks again, in the transaction that marks it.</summary>
internal static class Freeable
{
    /// <summary>Groups whose trajectory is of an epoch that ended before a time. Nothing takes such an epoch up again.</summary>
    public static IQueryable<Group> Trajectories(LabelerDb db, DateTimeOffset before) =>
        db.Groups.Where(g => g.TrajectoryHash != null && g.TrajectoryFreedAt == null && db.Epochs.Any(e => e.Id == g.EpochId
            && (e.State == EpochState.Complete || e.State == EpochState.RolledBack || e.State == EpochState.Cancelled)
            && e.EndedAt < before));

    /// <summary>Checkpoints whose optimizer no training goes on with.</summary>
    public static IQueryable<Checkpoint> Optimizers(LabelerDb db, DateTimeOffset before) =>
        Idle(db, db.Checkpoints.Where(c => c.OptimizerHash != null && c.OptimizerFreedAt == null && c.CreatedAt < before
            && (c.RolledBackAt != null
                || db.Checkpoints.Any(n => n.ProjectId == c.ProjectId && n.RolledBackAt == null && n.Id > c.Id))));

    /// <summary>Checkpoints that were rolled back before a time and that nothing comes from, samples by or compares.</summary>
    public static async Task<List<Checkpoint>> Weights(LabelerDb db, DateTimeOffset before, CancellationToken cancel)
    {
        var old = await Idle(db, db.Checkpoints.AsNoTracking().Where(c => c.WeightsFreedAt == null && c.RolledBackAt < before))
            .ToListAsync(cancel);
        if (old.Count == 0)
        {
            return [];
        }
        var parents = await db.Checkpoints.Select(c => new { c.Id, c.ParentId, c.RolledBackAt }).ToDictionaryAsync(c => c.Id, cancel);
        // What samples an epoch has a line too, whether it was rolled back once or not.
        var sampling = await db.Epochs.Where(e => e.State < EpochState.Complete || e.State == EpochState.Failed)
            .Select(e => e.SampledById).ToListAsync(cancel);
        var needed = new HashSet<long>();
        foreach (var standing in parents.Values.Where(c => c.RolledBackAt is null).Select(c => (long?)c.Id).Concat(sampling))
        {
            for (var at = standing; at is { } id && needed.Add(id); at = parents[id].ParentId)
            {
            }
        }
        var compared = (await db.Evaluations.AsNoTracking().Select(e => e.Plan).ToListAsync(cancel))
            .SelectMany(plan => plan.Contestants).Select(one => one.Weights).ToHashSet();
        return [.. old.Where(c => !needed.Contains(c.Id) && !compared.Contains(c.WeightsHash))];
    }

    /// <summary>Votes of people who withdrew before a time, but those that a checkpoint, a reward or an epoch under way learns
    /// from.</summary>
    public static IQueryable<Vote> Votes(LabelerDb db, DateTimeOffset before) =>
        db.Votes.Where(v => db.Users.Any(a => a.Id == v.AnnotatorId && a.WithdrawnAt < before)
            && !db.CheckpointVotes.Any(t => t.VoteId == v.Id)
            && !db.Votes.Any(o => o.ChecksId == v.Id)
            && !db.LearnedRewards.Any(r => r.ProjectId == v.ProjectId)
            && !db.Epochs.Any(e => e.Id == v.EpochId
                && (e.State == EpochState.Frozen || e.State == EpochState.Training || e.State == EpochState.Failed)));

    private static IQueryable<Checkpoint> Idle(LabelerDb db, IQueryable<Checkpoint> checkpoints) => checkpoints.Where(c =>
        !db.Epochs.Any(e => e.SampledById == c.Id && (e.State < EpochState.Complete || e.State == EpochState.Failed)));
}
