using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>What one person did in a project.</summary>
/// <param name="MedianMs">Median time for one judgement, in milliseconds.</param>
/// <param name="Fast">Judgements quicker than <see cref="Vote.ImplausiblyFastMs"/>.</param>
/// <param name="Flagged">Share of the images they saw that they flagged, without what they only checked; the interval is over verdicts
/// (<see cref="Cluster"/>).</param>
/// <param name="Influence">Their share of the usable pairs that all standing votes of the project give; 0 when there are none. Where
/// several people judge one group, each gives its pairs.</param>
/// <param name="Gold">Right answers to gold items; null when they had none.</param>
public sealed record AnnotatorFigures(
    Guid AnnotatorId, string Name, int Votes, int Skips, int TakenBack, int Quarantined, int Surplus, double MedianMs, int Fast,
        Proportion Flagged, double Influence, Proportion? Gold, DateTimeOffset LastVoteAt)
{
    public static async Task<IReadOnlyList<AnnotatorFigures>> Read(LabelerDb db, long projectId, CancellationToken cancel = default)
    {
        var epochs = await PersonSums.Read(db, projectId, WhichVotes.All, cancel);
        return await Of(db, PersonSums.Together(epochs.Values), cancel);
    }

    /// <param name="people">What each did in all epochs.</param>
    internal static async Task<IReadOnlyList<AnnotatorFigures>> Of(
        LabelerDb db, IReadOnlyDictionary<Guid, PersonSums> people, CancellationToken cancel)
    {
        var ids = people.Keys.ToList();
        var names = await db.Users.Where(a => ids.Contains(a.Id)).Select(a => new { a.Id, a.DisplayName })
            .ToDictionaryAsync(a => a.Id, a => a.DisplayName, cancel);
        var all = Math.Max(1, people.Values.Sum(person => person.Pairs));
        return [.. people.Select(one => (Id: one.Key, Did: one.Value)).OrderByDescending(one => one.Did.Votes).ThenBy(one => one.Id)
            .Select(one => new AnnotatorFigures(one.Id, names.GetValueOrDefault(one.Id, ""), one.Did.Votes, one.Did.Skips,
                one.Did.TakenBack, one.Did.Quarantined, one.Did.Surplus, one.Did.MedianMs, one.Did.Fast, one.Did.FlagRate,
                (double)one.Did.Pairs / all, one.Did.Gold.Of == 0 ? null : Proportion.Wilson(one.Did.Gold.Right, one.Did.Gold.Of),
                one.Did.LastVoteAt))];
    }

    /// <summary>The usable pairs that each person's votes give; a score counts as one.</summary>
    public static Task<Dictionary<Guid, int>> Pairs(IQueryable<Vote> votes, CancellationToken cancel = default) =>
        votes.GroupBy(v => v.AnnotatorId).Select(g => new
        {
            g.Key,
            Pairs = g.Sum(
            v => v.Choice == null ? v.Flagged * (v.Seen - v.Flagged) + (int)(v.Score ?? 0)
                : v.Choice == "first" || v.Choice == "second" || v.Score != null ? 1
                : 0),
        }).ToDictionaryAsync(g => g.Key, g => g.Pairs, cancel);
}
