using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Votes and skips that came in within one hour.</summary>
/// <param name="Hour">Its start, in UTC.</param>
public sealed record VotesPerHour(DateTimeOffset Hour, int Votes)
{
    private const long Milliseconds = 3_600_000;

    /// <summary>Every hour from <paramref name="since"/> to <paramref name="now"/>, also those without a vote.</summary>
    /// <param name="projectId">Null for all projects.</param>
    public static async Task<IReadOnlyList<VotesPerHour>> Read(LabelerDb db, long? projectId, DateTimeOffset since, DateTimeOffset now,
        CancellationToken cancel = default)
    {
        var (from, undo, project) = (since.ToUnixTimeMilliseconds(), (int)VoteKind.Undo, projectId ?? 0);
        var rows = await db.Database.SqlQuery<Row>($"""
            SELECT "At" / {Milliseconds} AS "Hour", count(*) AS "Count" FROM "Votes"
            WHERE "At" >= {from} AND "Kind" < {undo} AND "SupersededById" IS NULL AND ({project} = 0 OR "ProjectId" = {project})
            GROUP BY 1
            """).ToListAsync(cancel);
        var counts = rows.ToDictionary(r => r.Hour, r => (int)r.Count);
        var first = from / Milliseconds;
        var hours = Math.Max(0, now.ToUnixTimeMilliseconds() / Milliseconds - first + 1);
        return [.. Enumerable.Range(0, (int)hours)
            .Select(n =>
                new VotesPerHour(DateTimeOffset.FromUnixTimeMilliseconds((first + n) * Milliseconds),
                    counts.GetValueOrDefault(first + n)))];
    }

    private sealed record Row(long Hour, long Count);
}
