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
        var rows = await db.Votes.Where(v => v.ProjectId == projectId && v.Kind != VoteKind.Undo).GroupBy(v => v.AnnotatorId)
            .Select(g => new
            {
                Id = g.Key,
                Votes = g.Count(v => v.Kind == VoteKind.Judgement && v.SupersededById == null),
                Skips = g.Count(v => v.Kind == VoteKind.Skip && v.SupersededById == null),
                TakenBack = g.Count(v => v.SupersededById != null),
                Quarantined = g.Count(v => v.Quarantine != null),
                Surplus = g.Count(v => v.Surplus),
                Fast = g.Count(v => v.Kind == VoteKind.Judgement && v.SupersededById == null && v.DurationMs < Vote.ImplausiblyFastMs),
                Last = g.Max(v => v.At),
            }).ToListAsync(cancel);
        var pairs = await Pairs(db.Votes.Effective().Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Training), cancel);
        var all = Math.Max(1, pairs.Values.Sum());
        var medians = await Medians(db, projectId, cancel);
        var names = await db.Users.Select(a => new { a.Id, a.DisplayName }).ToDictionaryAsync(a => a.Id, a => a.DisplayName, cancel);
        var flagged = await FlagRates(db, projectId, cancel);
        var gold = await GoldAnswers(db, projectId, cancel);
        return [.. rows.OrderByDescending(r => r.Votes).Select(r => new AnnotatorFigures(
            r.Id, names.GetValueOrDefault(r.Id, ""), r.Votes, r.Skips, r.TakenBack, r.Quarantined, r.Surplus,
            medians.GetValueOrDefault(r.Id), r.Fast, flagged.GetValueOrDefault(r.Id, Proportion.Wilson(0, 0)),
            (double)pairs.GetValueOrDefault(r.Id) / all,
                gold.GetValueOrDefault(r.Id), r.Last))];
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

    // The images of one verdict share prompt and noise, so intervals are over verdicts.
    private static async Task<Dictionary<Guid, Proportion>> FlagRates(LabelerDb db, long projectId, CancellationToken cancel)
    {
        var alike = await db.Votes
            .Where(v => v.ProjectId == projectId && v.Kind == VoteKind.Judgement && v.SupersededById == null && v.ChecksId == null)
            .GroupBy(v => new { v.AnnotatorId, v.Flagged, v.Seen }).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancel);
        return alike.GroupBy(one => one.Key.AnnotatorId).ToDictionary(of => of.Key, of => Cluster.Share(of.SelectMany(one =>
            Enumerable.Repeat(new Cluster(one.Key.Flagged, one.Key.Seen, one.Key.Seen, one.Key.Seen), one.Count))));
    }

    private static async Task<Dictionary<Guid, double>> Medians(LabelerDb db, long projectId, CancellationToken cancel)
    {
        var judgement = (int)VoteKind.Judgement;
        var rows = await db.Database.SqlQuery<Median>($"""
            SELECT "AnnotatorId", avg(CAST("DurationMs" AS double precision)) AS "Value" FROM (
                SELECT "AnnotatorId", "DurationMs",
                    row_number() OVER (PARTITION BY "AnnotatorId" ORDER BY "DurationMs") AS "Place",
                    count(*) OVER (PARTITION BY "AnnotatorId") AS "Of"
                FROM "Votes" WHERE "ProjectId" = {projectId} AND "Kind" = {judgement} AND "SupersededById" IS NULL) AS ordered
            WHERE "Place" IN (("Of" + 1) / 2, ("Of" + 2) / 2) GROUP BY "AnnotatorId"
            """).ToListAsync(cancel);
        return rows.ToDictionary(r => r.AnnotatorId, r => r.Value);
    }

    private static async Task<Dictionary<Guid, Proportion>> GoldAnswers(LabelerDb db, long projectId, CancellationToken cancel)
    {
        var votes = await db.Votes.AsNoTracking().Effective()
            .Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Gold && v.Item.Gold != null)
            .Select(v => new { v.AnnotatorId, v.Verdict, v.Item!.Gold }).ToListAsync(cancel);
        return votes.GroupBy(v => v.AnnotatorId)
            .ToDictionary(g => g.Key, g => Proportion.Wilson(g.Count(v => GoldAnswer.IsRight(v.Gold!, v.Verdict!)), g.Count()));
    }

    private sealed record Median(Guid AnnotatorId, double Value);
}
