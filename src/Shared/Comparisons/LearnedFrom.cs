using Labeler.Shared.Epochs;

namespace Labeler.Shared.Comparisons;

/// <summary>Which epochs taught the model of an epoch.</summary>
/// <param name="Epochs">A project's, in order; those that were rolled back or canceled are left out.</param>
internal sealed record LearnedFrom(IReadOnlyList<Epoch> Epochs, IReadOnlyDictionary<long, Checkpoint> Checkpoints)
{
    public static async Task<LearnedFrom> Read(LabelerDb db, long projectId, CancellationToken cancel) => new(
        await db.Epochs.AsNoTracking().Include(e => e.SampledBy)
            .Where(e => e.ProjectId == projectId && e.State != EpochState.RolledBack && e.State != EpochState.Cancelled)
            .OrderBy(e => e.Number).ToListAsync(cancel),
        await db.Checkpoints.AsNoTracking().Where(c => c.ProjectId == projectId).ToDictionaryAsync(c => c.Id, cancel));

    /// <summary>The ids of the epochs that the checkpoint that sampled an epoch, and its ancestors, learned from.</summary>
    public IReadOnlyList<long> Of(Epoch epoch)
    {
        var learned = new List<long>();
        for (var checkpoint = epoch.SampledById; checkpoint is { } id; checkpoint = Checkpoints[id].ParentId)
        {
            learned.Add(Checkpoints[id].EpochId);
        }
        return learned;
    }
}
