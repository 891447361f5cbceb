using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Statistics;

/// <summary>How far the labelling of a project's current epoch is, and one person's part in it.</summary>
/// <param name="GroupsWanted">Groups that sampling makes in all.</param>
/// <param name="ItemsDone">Items with all the votes they want.</param>
/// <param name="Mine">This person's standing votes and skips in the project since the start of their day.</param>
public sealed record LabelingProgress(long EpochId, int Epoch, EpochState State, int GroupsWanted, int Groups, int Items, int ItemsDone, int Mine)
{
    /// <summary>Null when the project has no epoch yet.</summary>
    public static async Task<LabelingProgress?> Read(LabelerDb db, long projectId, Guid annotator, DateTimeOffset dayStart, CancellationToken cancel = default) =>
        await db.Epochs.Where(e => e.ProjectId == projectId && e.State != EpochState.Cancelled && e.State != EpochState.RolledBack).OrderByDescending(e => e.Number)
            .Select(e => new LabelingProgress(
                e.Id, e.Number, e.State, e.GroupsWanted,
                db.Groups.Count(g => g.EpochId == e.Id && g.Use != Samples.GroupUse.Evaluation),
                db.Items.Count(i => i.EpochId == e.Id && i.Use == ItemUse.Training),
                db.Items.Count(i => i.EpochId == e.Id && i.Use == ItemUse.Training && i.State == ItemState.Done),
                db.Votes.Count(v => v.ProjectId == projectId && v.AnnotatorId == annotator && v.Kind != VoteKind.Undo && v.SupersededById == null && v.At >= dayStart)))
            .FirstOrDefaultAsync(cancel);
}
