using System.Security.Cryptography;
using System.Text;

namespace Labeler.Shared.Data.Servers;

/// <summary>Counts over all servers of an installation how often something is done in a while.</summary>
public sealed class SharedCounters(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <summary>What of an allowance was given.</summary>
    /// <param name="Given">As many as were asked for, or as are left.</param>
    /// <param name="Left">For anybody, after these.</param>
    /// <param name="Ends">When all are there anew.</param>
    public sealed record Taken(int Given, int Left, DateTimeOffset Ends);

    /// <summary>The digest that stands for <paramref name="text"/>.</summary>
    public static string KeyOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Takes some of the <paramref name="limit"/> things that are allowed in a window of time, which begins with the
    /// first.</summary>
    public async Task<Taken> Take(
        CounterKind kind, string about, int amount, int limit, TimeSpan window, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        var (present, begun) = (now.ToUnixTimeMilliseconds(), (now - window).ToUnixTimeMilliseconds());
        var latest = (now + ClockSkew.Tolerance).ToUnixTimeMilliseconds();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        const string upsert = """
            INSERT INTO "Counters" ("Kind", "Key", "Count", "At") VALUES ({0}, {1}, {2}, {3})
            ON CONFLICT ("Kind", "Key") DO UPDATE SET
                "Count" = CASE WHEN "Counters"."At" > {4} AND "Counters"."At" < {5} THEN "Counters"."Count" + {2} ELSE {2} END,
                "At" = CASE WHEN "Counters"."At" > {4} AND "Counters"."At" < {5} THEN "Counters"."At" ELSE {3} END
            RETURNING *
            """;
        var counted = (await db.Counters.FromSqlRaw(upsert, (int)kind, KeyOf(about), amount, present, begun, latest).AsNoTracking()
            .ToListAsync(cancel))[0];
        var before = counted.Count - amount;
        return new(Math.Clamp(limit - before, 0, amount), Math.Max(0, limit - counted.Count), counted.At + window);
    }

    /// <summary>Removes counters that say nothing any more.</summary>
    public static Task RemoveOld(LabelerDb db, DateTimeOffset now, CancellationToken cancel = default)
    {
        var old = now - Counter.Memory;
        return db.Counters.Where(counter => counter.Kind != CounterKind.EpochChanges && counter.At < old).ExecuteDeleteAsync(cancel);
    }
}
