using Labeler.Shared.Data.Servers;

namespace Labeler.Web.Security;

/// <summary>Failures by a key, counted over all servers, and the delays that follow from them: 10 seconds, doubled with each further one, a
/// quarter of an hour at most. Within a transaction that is alone with the key.</summary>
/// <param name="db">The transaction's.</param>
/// <param name="kind">What is counted.</param>
/// <param name="free">The last failure that costs no time is the one before this many.</param>
internal sealed class FailureCounters(LabelerDb db, CounterKind kind, int free)
{
    /// <summary>Keys that are remembered at most.</summary>
    public const int Capacity = 10_000;

    /// <summary>After so long without one, earlier failures are forgotten.</summary>
    public static readonly TimeSpan Memory = Counter.Memory;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public async Task<TimeSpan> Wait(string about, DateTimeOffset now)
    {
        if (await Find(about) is not { } counter || counter.Count < free)
        {
            return TimeSpan.Zero;
        }
        var delay = Delay(counter.Count);
        var wait = counter.At + delay - now;
        // Never longer than the delay, also where a clock had jumped.
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < delay ? wait : delay;
    }

    public async Task Count(string about, DateTimeOffset now)
    {
        var before = await Find(about);
        if (before is null && await db.Counters.CountAsync(counter => counter.Kind == kind) is var there and >= Capacity)
        {
            await MakeRoom(there, now);
        }
        await Put(about, before is null || now - before.At > Memory ? 1 : before.Count + 1, now);
    }

    public async Task TakeBack(string about)
    {
        if (await Find(about) is { Count: > 1 } counter)
        {
            await Put(about, counter.Count - 1, counter.At);
        }
        else
        {
            await Forget(about);
        }
    }

    public Task Forget(string about)
    {
        var key = SharedCounters.KeyOf(about);
        return db.Counters.Where(counter => counter.Kind == kind && counter.Key == key).ExecuteDeleteAsync();
    }

    private TimeSpan Delay(int failures) =>
        TimeSpan.FromSeconds(Math.Min(First.TotalSeconds * Math.Pow(2, failures - free), Longest.TotalSeconds));

    private Task<Counter?> Find(string about)
    {
        var key = SharedCounters.KeyOf(about);
        return db.Counters.AsNoTracking().FirstOrDefaultAsync(counter => counter.Kind == kind && counter.Key == key);
    }

    // Whoever makes room at the same time may remove the row that was found.
    private Task Put(string about, int count, DateTimeOffset at)
    {
        var (number, key, time) = ((int)kind, SharedCounters.KeyOf(about), at.ToUnixTimeMilliseconds());
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Counters" ("Kind", "Key", "Count", "At") VALUES ({number}, {key}, {count}, {time})
            ON CONFLICT ("Kind", "Key") DO UPDATE SET "Count" = excluded."Count", "At" = excluded."At"
            """);
    }

    // The old ones, and where that is not enough those with the fewest failures: inventing names does not wipe out what a guesser has
    // tried.
    private async Task MakeRoom(int there, DateTimeOffset now)
    {
        var old = now - Memory;
        there -= await db.Counters.Where(counter => counter.Kind == kind && counter.At < old).ExecuteDeleteAsync();
        var (number, few) = ((int)kind, there - (Capacity * 9 / 10));
        if (few > 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                DELETE FROM "Counters" WHERE "Kind" = {number} AND "Key" IN
                    (SELECT "Key" FROM "Counters" WHERE "Kind" = {number} ORDER BY "Count", "At" LIMIT {few})
                """);
        }
    }
}
