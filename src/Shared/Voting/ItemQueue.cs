using System.Security.Cryptography;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>Hands items to annotators. An item is never with more people than it wants votes, and never twice with one person.</summary>
public sealed class ItemQueue(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    public const int MostAtOnce = 16;

    /// <summary>One in so many items that a person gets in an epoch measures them or the model (gold, anchor, duel): within the 5 to 15 %
    /// that are usual.</summary>
    public const int OneMeasuringIn = 10;

    /// <summary>Up to <paramref name="count"/> items: first those the person already holds, then new ones.</summary>
    /// <param name="holding">Items the browser has on hand and does not want again.</param>
    public async Task<ItemBatch> Take(long projectId, Guid annotator, int count, IReadOnlyCollection<long> holding,
        CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        Project? project;
        Assignment asked;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            project = await VoteQueries.Project.On(db)(db, projectId, cancel);
            if (project is null or { DeletedAt: not null })
            {
                return new([], NoItemsReason.NoProject);
            }
            if (await VoteQueries.HasWithdrawn.On(db)(db, annotator, cancel))
            {
                return new([], NoItemsReason.Withdrawn);
            }
            if (await Exposure.Forbids(db, project.Settings, annotator, now, cancel) is { } reason)
            {
                return new([], reason);
            }
            asked = await Assignment.Of(db, project, annotator, cancel);
            if (!await Practice.IsIn(db, project, annotator, cancel))
            {
                var (more, quota) = await asked.Left(db, projectId, annotator, time, cancel);
                return new([], more <= 0 ? quota : NoItemsReason.Practice);
            }
        }
        count = Math.Clamp(count, 1, MostAtOnce);
        var (leases, full) = await contexts.Write(LockScope.Queue, projectId, async db =>
        {
            List<Lease> held = [.. (await VoteQueries.Held.On(db)(db, projectId, annotator, now, count + holding.Count)
                .ToListAsync(cancel)).Where(l => !holding.Contains(l.ItemId)).Take(count)];
            await Renew(db, held, time.GetUtcNow(), cancel);
            await Checking.Renew(db, held, cancel);
            var (left, by) = held.Count == count ? (0, null) : await asked.Left(db, projectId, annotator, time, cancel);
            left = Math.Min(count - held.Count, left);
            if (left <= 0)
            {
                return (held, by);
            }
            // The time now that the lock is held: leases given while this waited for it would seem to end later than any could.
            IReadOnlyList<Lease> taken =
                [.. held, .. await TakeNew(db, projectId, annotator, asked.OfSomePrompts, left, time.GetUtcNow(), cancel)];
            return (taken, (NoItemsReason?)null);
        }, cancel);
        if (leases.Count == 0)
        {
            return new([], full ?? NoItemsReason.NoneOpen);
        }
        return new(await Read(leases, cancel), null);
    }

    /// <summary>A sign of life for items on a screen. Returns those still held; the others have gone to somebody else or are
    /// closed.</summary>
    public async Task<IReadOnlyList<long>> Extend(Guid annotator, IReadOnlyCollection<long> items, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var held = db.Leases.Where(l => l.AnnotatorId == annotator && items.Contains(l.ItemId) && l.DoneAt == null && l.ExpiresAt > now);
        await held.ExecuteUpdateAsync(set => set.SetProperty(l => l.ExpiresAt, now + Lease.Lifetime), cancel);
        return await held.Select(l => l.ItemId).ToListAsync(cancel);
    }

    /// <summary>Gives items back, as when a page is left.</summary>
    public async Task Release(Guid annotator, IReadOnlyCollection<long> items, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Leases.Where(l => l.AnnotatorId == annotator && items.Contains(l.ItemId) && l.DoneAt == null && l.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.ExpiresAt, now), cancel);
    }

    /// <summary>Records that a person has been shown which model made an item: they can no longer vote on it, unless they already
    /// have.</summary>
    public Task Unblind(Guid annotator, long itemId, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Vote, itemId, async db =>
    {
        var lease = await db.Leases.FirstOrDefaultAsync(l => l.ItemId == itemId && l.AnnotatorId == annotator, cancel);
        if (lease is null)
        {
            lease = new Lease(itemId, annotator, true, time.GetUtcNow());
            db.Leases.Add(lease);
        }
        lease.Unblind(time.GetUtcNow());
        return await db.SaveChangesAsync(cancel);
    }, cancel);

    /// <summary>Records that a person has been shown which models made a project's items: they can no longer vote on any of them, unless
    /// they already have.</summary>
    public Task UnblindAll(Guid annotator, long projectId, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Queue, projectId, db =>
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Leases" ("ItemId", "AnnotatorId", "TakenAt", "ExpiresAt", "FirstOnLeft", "UnblindedAt")
            SELECT i."Id", {annotator}, {now}, {now}, {true}, {now} FROM "Items" AS i WHERE i."ProjectId" = {projectId}
            ON CONFLICT ("ItemId", "AnnotatorId") DO UPDATE SET "UnblindedAt" = coalesce("Leases"."UnblindedAt", excluded."UnblindedAt")
            """, cancel);
    }, cancel);

    /// <summary>Records that a person has been shown which model made these groups' pictures, or what others said of them: see Unblind, for
    /// every open item about them.</summary>
    public async Task UnblindAbout(Guid annotator, IReadOnlyCollection<long> groups, CancellationToken cancel = default)
    {
        List<long> open;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            open = await db.Items.Where(
                i => i.State == ItemState.Open && (groups.Contains(i.GroupId) || i.SecondId != null && groups.Contains(i.Second!.GroupId)))
                .Where(i => !db.Leases.Any(l => l.ItemId == i.Id && l.AnnotatorId == annotator && l.UnblindedAt != null)).Select(i => i.Id)
                    .ToListAsync(cancel);
        }
        foreach (var item in open)
        {
            await Unblind(annotator, item, cancel);
        }
    }

    // Who is handed them again has as long as at first.
    private static async Task Renew(LabelerDb db, List<Lease> held, DateTimeOffset now, CancellationToken cancel)
    {
        if (held.Count > 0)
        {
            var ids = held.Select(lease => lease.Id).ToList();
            await db.Leases.Where(lease => ids.Contains(lease.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(lease => lease.ExpiresAt, now + Lease.Lifetime), cancel);
        }
    }

    // Items that measure come among the others, so that nobody sees which they are.
    private static async Task<List<Lease>> TakeNew(LabelerDb db, long projectId, Guid annotator, bool ofSomePrompts, int count,
        DateTimeOffset now, CancellationToken cancel)
    {
        var lending = new Lending(db, projectId, annotator, ofSomePrompts);
        var measuring = await MayMeasure(db, projectId, annotator, count, cancel)
            ? await lending.Lend(1, measuring: true, now, cancel) : [];
        var asked = await lending.Lend(count - measuring.Count, measuring: false, now, cancel);
        foreach (var lease in measuring)
        {
            asked.Insert(RandomNumberGenerator.GetInt32(asked.Count + 1), lease);
        }
        return asked;
    }

    // Most projects have nothing that measures, which the index of ranks tells at once.
    private static async Task<bool> MayMeasure(LabelerDb db, long projectId, Guid annotator, int count, CancellationToken cancel)
    {
        var epochs = await VoteQueries.Measured.On(db)(db, projectId).ToListAsync(cancel);
        if (epochs.Count == 0)
        {
            return false;
        }
        var had =
            await db.Items.Where(i => epochs.Contains(i.EpochId) && db.Leases.Any(l => l.ItemId == i.Id && l.AnnotatorId == annotator))
            .GroupBy(i => i.Use != ItemUse.Training).Select(g => new { Measures = g.Key, Count = g.Count() }).ToListAsync(cancel);
        return had.Where(h => h.Measures).Sum(h => h.Count) * OneMeasuringIn < had.Sum(h => h.Count) + count;
    }

    private async Task<IReadOnlyList<Lease>> Read(IReadOnlyList<Lease> leases, CancellationToken cancel)
    {
        long[] ids = [.. leases.Select(l => l.Id)];
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var read = await VoteQueries.Shown.On(db)(db, ids).ToListAsync(cancel);
        await Checking.Show(db, read, cancel);
        return [.. read.OrderBy(l => Array.IndexOf(ids, l.Id))];
    }
}
