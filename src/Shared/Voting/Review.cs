using System.Linq.Expressions;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Voting;

/// <summary>What a lead does with votes that should not count: they stay, visibly and with a reason, and their items are asked again.</summary>
public sealed class Review(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <returns>Votes put in quarantine.</returns>
    public Task<int> Quarantine(long projectId, IReadOnlyCollection<long> votes, string reason, CancellationToken cancel = default) =>
        PutAway(v => v.ProjectId == projectId && votes.Contains(v.Id), reason, cancel);

    /// <summary>All votes of a person since a time, as when somebody has been pressing keys without looking.</summary>
    public Task<int> QuarantineAll(long projectId, Guid annotator, DateTimeOffset since, string reason, CancellationToken cancel = default) =>
        PutAway(v => v.ProjectId == projectId && v.AnnotatorId == annotator && v.At >= since, reason, cancel);

    /// <summary>Lets votes count again.</summary>
    /// <returns>Votes that were in quarantine.</returns>
    public Task<int> Release(long projectId, IReadOnlyCollection<long> votes, CancellationToken cancel = default) =>
        Change(v => v.ProjectId == projectId && votes.Contains(v.Id) && v.Quarantine != null, vote =>
        {
            vote.Release();
            return +1;
        }, cancel);

    /// <summary>Makes a vote's verdict the known right answer of its item: everybody is asked about it once, and their votes measure them and teach nothing.</summary>
    /// <exception cref="LabelerException">The vote says nothing that others could be compared with, or its item is no longer handed out.</exception>
    public async Task MakeGold(long projectId, long voteId, CancellationToken cancel = default)
    {
        foreach (var itemId in await Items(v => v.Id == voteId && v.ProjectId == projectId, cancel))
        {
            await contexts.Write(Exclusive.Ballot, itemId, async db =>
            {
                var vote = await db.Votes.Include(v => v.Item).FirstAsync(v => v.Id == voteId, cancel);
                if (vote.Kind != VoteKind.Judgement || vote.SupersededById is not null || vote.Quarantine is not null)
                {
                    throw new LabelerException("Only a judgement that stands can be the right answer.");
                }
                if (!await db.Epochs.AnyAsync(e => e.Id == vote.EpochId && e.State < EpochState.Frozen, cancel))
                {
                    throw new LabelerException("Its epoch is closed: nobody would be asked about it any more.");
                }
                vote.Item!.MakeGold(vote.Verdict!);
                return await db.SaveChangesAsync(cancel);
            }, cancel);
            return;
        }
        throw new LabelerException("There is no such vote; load the page again.");
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
            changed += await contexts.Write(Exclusive.Ballot, itemId, async db =>
            {
                var count = 0;
                foreach (var vote in await db.Votes.Include(v => v.Item).Where(which).Where(v => v.ItemId == itemId).ToListAsync(cancel))
                {
                    var by = change(vote);
                    count += Math.Abs(by);
                    vote.Item!.Count(vote.Surplus ? 0 : by);
                }
                await db.SaveChangesAsync(cancel);
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
