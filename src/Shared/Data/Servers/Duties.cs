using System.Collections.Concurrent;

namespace Labeler.Shared.Data.Servers;

/// <summary>
/// Decides which process of an installation does what only one may do at a time. The holder has a lease in the database and renews it by
/// asking again; when it falls silent, whoever asks next takes over.
/// </summary>
public sealed class Duties(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    private readonly string _me = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly ConcurrentDictionary<string, DateTimeOffset> _mine = new();

    /// <summary>Is it this process that does it now? Ask before each time.</summary>
    /// <param name="lease">Longer than it takes, and than the time between two askings.</param>
    public async Task<bool> Hold(string name, TimeSpan lease, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        // Writing costs more than asking, so the lease is renewed when half of it is over.
        if (_mine.TryGetValue(name, out var held) && now < held - lease / 2 && now > held - lease)
        {
            return true;
        }
        var (present, until) = (now.ToUnixTimeMilliseconds(), (now + lease).ToUnixTimeMilliseconds());
        var latest = (now + lease + ClockSkew.Tolerance).ToUnixTimeMilliseconds();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        // One statement decides. A lease that ends later than any could was written by a clock that jumped.
        var isMine = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Duties" ("Name", "Holder", "Until") VALUES ({name}, {_me}, {until})
            ON CONFLICT ("Name") DO UPDATE SET "Holder" = excluded."Holder", "Until" = excluded."Until"
                WHERE "Duties"."Holder" = excluded."Holder" OR "Duties"."Until" < {present} OR "Duties"."Until" > {latest}
            """, cancel) == 1;
        if (isMine)
        {
            _mine[name] = now + lease;
        }
        else
        {
            _mine.TryRemove(name, out _);
        }
        return isMine;
    }

    /// <summary>Another may take at once what this process has done so far; call it at the end.</summary>
    public async Task GiveUp(string name, CancellationToken cancel = default)
    {
        if (_mine.TryRemove(name, out _))
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            await db.Duties.Where(duty => duty.Name == name && duty.Holder == _me).ExecuteDeleteAsync(cancel);
        }
    }
}
