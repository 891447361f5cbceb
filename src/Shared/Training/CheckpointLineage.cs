using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Training;

/// <summary>The ways between votes and checkpoints.</summary>
public static class CheckpointLineage
{
    /// <summary>A checkpoint's line, from itself back to the first one trained on the base model.</summary>
    public static async Task<IReadOnlyList<Checkpoint>> Line(LabelerDb db, long checkpointId, CancellationToken cancel = default)
    {
        var start = await db.Checkpoints.AsNoTracking().FirstAsync(c => c.Id == checkpointId, cancel);
        var all = await db.Checkpoints.AsNoTracking().Where(c => c.ProjectId == start.ProjectId).ToDictionaryAsync(c => c.Id, cancel);
        var line = new List<Checkpoint> { start };
        while (line[^1].ParentId is { } parent)
        {
            line.Add(all[parent]);
        }
        return line;
    }

    /// <summary>Votes that a checkpoint or one of its ancestors learned from.</summary>
    public static async Task<IQueryable<Vote>> Votes(LabelerDb db, long checkpointId, CancellationToken cancel = default)
    {
        var line = (await Line(db, checkpointId, cancel)).Select(c => c.Id).ToList();
        return db.Votes.Where(v => db.CheckpointVotes.Any(t => t.VoteId == v.Id && line.Contains(t.CheckpointId)));
    }

    /// <summary>Checkpoints that learned from a person's votes, directly or through an ancestor.</summary>
    public static async Task<IReadOnlyList<Checkpoint>> TouchedBy(LabelerDb db, Guid annotator, CancellationToken cancel = default)
    {
        var touched = await db.CheckpointVotes.Where(t => db.Votes.Any(v => v.Id == t.VoteId && v.AnnotatorId == annotator))
            .Select(t => t.CheckpointId).Distinct().ToHashSetAsync(cancel);
        var checkpoints = await db.Checkpoints.AsNoTracking().OrderBy(c => c.Id).ToListAsync(cancel);
        // A parent is always older than its children.
        foreach (var checkpoint in checkpoints.Where(c => c.ParentId is { } parent && touched.Contains(parent)))
        {
            touched.Add(checkpoint.Id);
        }
        return [.. checkpoints.Where(c => touched.Contains(c.Id))];
    }
}
