using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Labeler.Shared.Data.Servers;

/// <summary>An epoch of which something is written that figures are made of.</summary>
/// <param name="Always">The epoch itself changes; else it is one of its votes or items, which say nothing of the epoch's state.</param>
internal readonly record struct EpochRevision(long ProjectId, long EpochId, bool Always);

/// <summary>
/// Counts, in the transaction that does it, how often something was changed of an epoch that takes no votes: so long as the count is the
/// same, whatever was added up of its votes still holds, in each server. Votes that are cast while an epoch takes them count nothing.
/// </summary>
public static class EpochRevisions
{
    /// <summary>What is about to be written.</summary>
    internal static IReadOnlyList<EpochRevision> Of(ChangeTracker tracker)
    {
        List<EpochRevision>? found = null;
        foreach (var entry in tracker.Entries())
        {
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && Of(entry) is { } revision)
            {
                (found ??= []).Add(revision);
            }
        }
        return found is null ? []
            : [.. found.GroupBy(one => (one.ProjectId, one.EpochId)).OrderBy(of => of.Key)
                .Select(of => new EpochRevision(of.Key.ProjectId, of.Key.EpochId, of.Any(one => one.Always)))];
    }

    // A vote that counts is cast while its epoch takes votes, which whoever writes it holds: see VoteRecorder.
    private static EpochRevision? Of(EntityEntry entry) => entry.Entity switch
    {
        Vote vote when entry.State != EntityState.Added || vote.Surplus => new(vote.ProjectId, vote.EpochId, false),
        Item item when entry.State == EntityState.Modified && (entry.Property(nameof(Item.Use)).IsModified
            || entry.Property(nameof(Item.Gold)).IsModified) => new(item.ProjectId, item.EpochId, false),
        Epoch epoch when entry.State == EntityState.Modified => new(epoch.ProjectId, epoch.Id, true),
        _ => null,
    };

    /// <summary>Holds off, until the transaction ends, whoever would close or open these epochs. Call it before what they hold up is
    /// written.</summary>
    internal static async Task Hold(LabelerDb db, IReadOnlyList<EpochRevision> revised, CancellationToken cancel)
    {
        foreach (var project in revised.Where(one => !one.Always).Select(one => one.ProjectId).Distinct())
        {
            await db.BeBeside(LockScope.Epoch, project, cancel);
        }
    }

    /// <summary>Counts them, but those whose votes alone change while they take votes.</summary>
    internal static async Task Count(LabelerDb db, IReadOnlyList<EpochRevision> revised, CancellationToken cancel)
    {
        foreach (var one in revised)
        {
            // An epoch that changes is counted whatever it was before.
            var last = one.Always ? int.MinValue : (int)EpochState.Labeling;
            await Count(db, one.EpochId, last, cancel);
        }
    }

    /// <summary>Counts the epochs of votes that are about to be removed, by their rows, in a transaction that does both.</summary>
    public static async Task CountOf(LabelerDb db, IQueryable<Vote> votes, CancellationToken cancel = default)
    {
        foreach (var epoch in await votes.Select(v => v.EpochId).Distinct().OrderBy(id => id).ToListAsync(cancel))
        {
            await Count(db, epoch, int.MinValue, cancel);
        }
    }

    private static Task Count(LabelerDb db, long epoch, int last, CancellationToken cancel)
    {
        var (kind, now) = ((int)CounterKind.EpochChanges, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Counters" ("Kind", "Key", "Count", "At")
            SELECT {kind}, CAST("Id" AS text), 1, {now} FROM "Epochs" WHERE "Id" = {epoch} AND "State" > {last}
            ON CONFLICT ("Kind", "Key") DO UPDATE SET "Count" = "Counters"."Count" + 1, "At" = excluded."At"
            """, cancel);
    }
}
