using Labeler.Shared.Epochs;
using Labeler.Shared.Samples;
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
    private sealed record Given(int Count, int Pairs);

    private sealed record Round(long Id, int Number, EpochState State, int GroupsWanted, int Groups);

    // From the day's first vote on by number: every acknowledgement asks this, and a look through everybody's votes of the day would
    // grow with it.
    private static readonly KnownQuery<Func<LabelerDb, long, Guid, DateTimeOffset, CancellationToken, Task<Given?>>> GivenBy = new(() =>
        EF.CompileAsyncQuery((LabelerDb db, long project, Guid annotator, DateTimeOffset dayStart, CancellationToken cancel) => db.Votes
            .Where(v => v.AnnotatorId == annotator
                && v.Id >= db.Votes.Where(one => one.ProjectId == project && one.At >= dayStart).OrderBy(one => one.At)
                    .Select(one => one.Id).First()
                && v.ProjectId == project && v.Kind != VoteKind.Undo && v.SupersededById == null)
            .GroupBy(_ => 1).Select(votes => new Given(votes.Count(), votes.Sum(
                v => v.ChecksId != null ? 0
                    : v.Choice == null ? v.Flagged * (v.Seen - v.Flagged) + (int)(v.Score ?? 0)
                    : v.Choice == "first" || v.Choice == "second" ? 1 : 0))).FirstOrDefault()));

    private static readonly KnownQuery<Func<LabelerDb, long, CancellationToken, Task<Round?>>> Newest = new(() => EF.CompileAsyncQuery(
        (LabelerDb db, long project, CancellationToken cancel) => db.Epochs
            .Where(e => e.ProjectId == project && e.State != EpochState.Cancelled && e.State != EpochState.RolledBack)
            .OrderByDescending(e => e.Number).Select(e => new Round(e.Id, e.Number, e.State, e.GroupsWanted,
                e.State == EpochState.Sampling
                    ? db.Groups.Count(g => g.EpochId == e.Id && g.Use != GroupUse.Evaluation) : e.GroupsWanted)).FirstOrDefault()));

    /// <summary>Null when the project has no epoch yet.</summary>
    public static async Task<LabelingProgress?> Read(LabelerDb db, RoundCounts counts, long projectId, Guid annotator,
        DateTimeOffset dayStart, CancellationToken cancel = default)
    {
        var mine = await GivenBy.On(db)(db, projectId, annotator, dayStart, cancel);
        if (await Newest.On(db)(db, projectId, cancel) is not { } epoch)
        {
            return null;
        }
        var (items, done) = await counts.Of(db, projectId, epoch.Id, cancel);
        return new(epoch.Id, epoch.Number, epoch.State, epoch.GroupsWanted, epoch.Groups, items, done, mine?.Count ?? 0, mine?.Pairs ?? 0);
    }
}
