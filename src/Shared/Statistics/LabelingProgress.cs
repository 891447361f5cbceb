using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>How far the labeling of a project's current epoch is, and one person's part in it.</summary>
/// <param name="GroupsWanted">Groups that sampling makes in all.</param>
/// <param name="Groups">Those that are there while they are made, afterwards those that were wanted.</param>
/// <param name="ItemsDone">Items with all the votes they want.</param>
/// <param name="Mine">This person's standing votes and skips in the project since the start of their day.</param>
/// <param name="MyPairs">The usable pairs that those gave.</param>
public sealed record LabelingProgress(long EpochId, int Epoch, EpochState State, int GroupsWanted, int Groups, int Items, int ItemsDone,
    int Mine, int MyPairs)
{
    /// <summary>Null when the project has no epoch yet.</summary>
    public static async Task<LabelingProgress?> Read(LabelerDb db, RoundCounts counts, long projectId, Guid annotator,
        DateTimeOffset dayStart, CancellationToken cancel = default)
    {
        // From the day's first vote on by number: every acknowledgement asks this, and a look through everybody's votes of the day would
        // grow with it.
        var first = db.Votes.Where(v => v.ProjectId == projectId && v.At >= dayStart).OrderBy(v => v.At).Select(v => v.Id);
        var mine = await db.Votes
            .Where(v =>
                v.AnnotatorId == annotator && v.Id >= first.First() && v.ProjectId == projectId && v.Kind != VoteKind.Undo
                    && v.SupersededById == null)
            .GroupBy(_ => 1).Select(votes => new
            {
                Count = votes.Count(),
                Pairs = votes.Sum(
                    v => v.ChecksId != null ? 0
                        : v.Choice == null ? v.Flagged * (v.Seen - v.Flagged) + (int)(v.Score ?? 0)
                        : v.Choice == "first" || v.Choice == "second" ? 1 : 0),
            }).FirstOrDefaultAsync(cancel);
        var epoch = await db.Epochs.AsNoTracking()
            .Where(e => e.ProjectId == projectId && e.State != EpochState.Cancelled && e.State != EpochState.RolledBack)
            .OrderByDescending(e => e.Number).Select(e => new
            {
                e.Id,
                e.Number,
                e.State,
                e.GroupsWanted,
                Groups = e.State == EpochState.Sampling
                    ? db.Groups.Count(g => g.EpochId == e.Id && g.Use != Samples.GroupUse.Evaluation) : e.GroupsWanted,
            }).FirstOrDefaultAsync(cancel);
        if (epoch is null)
        {
            return null;
        }
        var (items, done) = await counts.Of(db, projectId, epoch.Id, cancel);
        return new(epoch.Id, epoch.Number, epoch.State, epoch.GroupsWanted, epoch.Groups, items, done, mine?.Count ?? 0, mine?.Pairs ?? 0);
    }
}
