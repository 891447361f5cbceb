using System.Linq.Expressions;
using Labeler.Shared.Epochs;

namespace Labeler.Shared.Voting;

/// <summary>What a lead does with votes that should not count: they stay, visibly and with a reason, and their items are asked
/// again.</summary>
public sealed class Review(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <returns>Votes put in quarantine.</returns>
    public Task<int> Quarantine(long projectId, IReadOnlyCollection<long> votes, string reason, CancellationToken cancel = default) =>
        PutAway(v => v.ProjectId == projectId && votes.Contains(v.Id), reason, cancel);

    /// <summary>All votes of a person since a time, as when somebody has been pressing keys without looking.</summary>
    public Task<int> QuarantineAll(long projectId, Guid annotator, DateTimeOffset since, string reason,
        CancellationToken cancel = default) =>
        PutAway(v => v.ProjectId == projectId && v.AnnotatorId == annotator && v.At >= since, reason, cancel);

    /// <summary>Lets votes count again.</summary>
    /// <returns>Votes that were in quarantine.</returns>
    public Task<int> Release(long projectId, IReadOnlyCollection<long> votes, CancellationToken cancel = default) =>
        Change(v => v.ProjectId == projectId && votes.Contains(v.Id) && v.Quarantine != null, vote =>
        {
            vote.Release();
            return +1;
        }, cancel);

    /// <summary>Asks other people again, in all projects, about what somebody judged who has withdrawn; their votes stay and teach nothing.
    /// What has been trained already stays as it is.</summary>
    /// <returns>Votes in whose place others are asked.</returns>
    public async Task<int> Withdraw(Guid annotator, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            await db.Leases.Where(l => l.AnnotatorId == annotator && l.DoneAt == null && l.ExpiresAt > now)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.ExpiresAt, now), cancel);
        }
        return await Change(v => v.AnnotatorId == annotator && v.Kind < VoteKind.Undo && v.SupersededById == null && !v.Surplus
            && v.Item!.Use == ItemUse.Training && v.Item.State != ItemState.Retired, vote =>
        {
            vote.Withdraw();
            return vote.Quarantine is null ? -1 : 0;
        }, cancel);
    }

    /// <summary>Makes a vote's verdict the known right answer of its item: everybody is asked about it once, and their votes measure them
    /// and teach nothing.</summary>
    /// <param name="note">Why it is right, for those who practice.</param>
    /// <exception cref="LabelerException">The vote says nothing that others could be compared with, or its item is no longer handed
    /// out.</exception>
    public async Task MakeGold(long projectId, long voteId, string? note = null, CancellationToken cancel = default)
    {
        note = GoldAnswer.Note(note);
        foreach (var itemId in await Items(v => v.Id == voteId && v.ProjectId == projectId, cancel))
        {
            await contexts.Write(LockScope.Vote, itemId, async db =>
            {
                var vote = await db.Votes.Include(v => v.Item).FirstAsync(v => v.Id == voteId, cancel);
                LabelerException.ThrowIf(
                    vote.Kind != VoteKind.Judgement || vote.SupersededById is not null || vote.Quarantine is not null,
                    "Only a judgment that stands can be the right answer.");
                LabelerException.ThrowIf(
                    !await db.Epochs.AnyAsync(e => e.Id == vote.EpochId && e.State < EpochState.Frozen, cancel),
                    "Its epoch is closed: nobody would be asked about it any more.");
                vote.Item!.MakeGold(vote.Verdict!, note);
                await Checking.Forget(db, vote.Item, cancel);
                return await SaveAndGoOn(db, vote.Item, cancel);
            }, cancel);
            return;
        }
        throw new LabelerException("There is no such vote; load the page again.");
    }

    /// <summary>The answer of a gold item was wrong: nobody is asked about it any more, in this epoch or later, and nobody is measured by
    /// it.</summary>
    public Task ForgetGold(long projectId, long itemId, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Vote, itemId, async db =>
    {
        if (await db.Items.FirstOrDefaultAsync(i => i.Id == itemId && i.ProjectId == projectId, cancel) is not
            {
                Use: ItemUse.Gold,
                Gold: not null
            } gold)
        {
            throw new LabelerException("That item is not gold; load the page again.");
        }
        gold.ForgetGold();
        return await db.SaveChangesAsync(cancel);
    }, cancel);

    /// <summary>Where people disagree, one vote decides: the others on its item are set aside, visibly, and nobody is asked
    /// again.</summary>
    /// <param name="by">The name of the person who decides.</param>
    /// <returns>Votes set aside.</returns>
    /// <exception cref="LabelerException">The vote does not stand, or its epoch is closed.</exception>
    public async Task<int> Decide(long projectId, long voteId, string by, CancellationToken cancel = default)
    {
        var items = await Items(v => v.Id == voteId && v.ProjectId == projectId, cancel);
        LabelerException.ThrowIf(items.Count == 0, "There is no such vote; load the page again.");
        return await contexts.Write(LockScope.Vote, items[0], async db =>
        {
            var votes = await db.Votes.Include(v => v.Item)
                .Where(v => v.ItemId == items[0] && v.Kind < VoteKind.Undo && v.SupersededById == null && v.Quarantine == null)
                    .ToListAsync(cancel);
            if (votes.Find(v => v.Id == voteId) is not { Kind: VoteKind.Judgement, Surplus: false, Item.Use: ItemUse.Training } decides)
            {
                throw new LabelerException("Only a judgment that stands and counts can decide.");
            }
            LabelerException.ThrowIf(
                !await db.Epochs.AnyAsync(e => e.Id == decides.EpochId && e.State < EpochState.Frozen, cancel),
                "Its epoch is closed: what it taught cannot be changed any more.");
            foreach (var other in votes.Where(v => v.Id != voteId && !v.Surplus))
            {
                other.PutInQuarantine($"{by} decided for another vote on this item.", time.GetUtcNow());
                other.Item!.Count(-1);
            }
            decides.Item!.Settle();
            decides.Item.Count(0);
            await SaveAndGoOn(db, decides.Item, cancel);
            await Checking.Follow(db, decides.Item, cancel);
            return votes.Count(v => v.Id != voteId && !v.Surplus);
        }, cancel);
    }

    private static async Task<int> SaveAndGoOn(LabelerDb db, Item item, CancellationToken cancel)
    {
        var saved = await db.SaveChangesAsync(cancel);
        await PairQuestions.GoOn(db, await db.Projects.AsNoTracking().FirstAsync(p => p.Id == item.ProjectId, cancel), item, cancel);
        await db.SaveChangesAsync(cancel);
        return saved;
    }

    private Task<int> PutAway(Expression<Func<Vote, bool>> which, string reason, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return Change(which, vote =>
        {
            if (vote.Kind == VoteKind.Undo || vote.SupersededById is not null || vote.Quarantine is not null)
            {
                return 0;
            }
            vote.PutInQuarantine(reason, now);
            return -1;
        }, cancel);
    }

    // Item by item, because a vote on the same item may come in at the same moment.
    private async Task<int> Change(Expression<Func<Vote, bool>> which, Func<Vote, int> change, CancellationToken cancel)
    {
        var changed = 0;
        foreach (var itemId in await Items(which, cancel))
        {
            changed += await contexts.Write(LockScope.Vote, itemId, async db =>
            {
                var count = 0;
                var votes = await db.Votes.Include(v => v.Item).Where(which).Where(v => v.ItemId == itemId).ToListAsync(cancel);
                foreach (var vote in votes)
                {
                    var counted = !vote.Surplus;
                    var by = change(vote);
                    count += Math.Abs(by);
                    vote.Item!.Count(counted ? by : 0);
                }
                await db.SaveChangesAsync(cancel);
                foreach (var vote in votes.Take(1))
                {
                    await Checking.Follow(db, vote.Item!, cancel);
                }
                return count;
            }, cancel);
        }
        return changed;
    }

    private async Task<List<long>> Items(Expression<Func<Vote, bool>> which, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Votes.Where(which).Select(v => v.ItemId).Distinct().ToListAsync(cancel);
    }
}
