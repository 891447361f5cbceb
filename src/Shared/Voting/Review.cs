using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Voting;

/// <summary>What a lead does with votes that should not count: they stay, visibly and with a reason, and their items are asked again.</summary>
public sealed class Review(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <returns>Votes put in quarantine.</returns>
    public Task<int> Quarantine(long projectId, IReadOnlyCollection<long> votes, string reason, CancellationToken cancel = default) =>
        PutAway(projectId, db => db.Votes.Where(v => votes.Contains(v.Id)), reason, cancel);

    /// <summary>All votes of a person since a time, as when somebody has been pressing keys without looking.</summary>
    public Task<int> QuarantineAll(long projectId, Guid annotator, DateTimeOffset since, string reason, CancellationToken cancel = default) =>
        PutAway(projectId, db => db.Votes.Where(v => v.AnnotatorId == annotator && v.At >= since), reason, cancel);

    /// <summary>Lets votes count again.</summary>
    public Task<int> Release(long projectId, IReadOnlyCollection<long> votes, CancellationToken cancel = default) => contexts.Write(Exclusive.Epoch, projectId, async db =>
    {
        var held = await db.Votes.Include(v => v.Item).Where(v => v.ProjectId == projectId && votes.Contains(v.Id) && v.Quarantine != null).ToListAsync(cancel);
        foreach (var vote in held)
        {
            vote.Release();
            Recount(vote, +1);
        }
        await db.SaveChangesAsync(cancel);
        return held.Count;
    }, cancel);

    private Task<int> PutAway(long projectId, Func<LabelerDb, IQueryable<Vote>> which, string reason, CancellationToken cancel) => contexts.Write(Exclusive.Epoch, projectId, async db =>
    {
        var now = time.GetUtcNow();
        var votes = await which(db).Include(v => v.Item).Where(v => v.ProjectId == projectId && v.Kind != VoteKind.Undo && v.SupersededById == null && v.Quarantine == null).ToListAsync(cancel);
        foreach (var vote in votes)
        {
            vote.PutInQuarantine(reason, now);
            Recount(vote, -1);
        }
        await db.SaveChangesAsync(cancel);
        return votes.Count;
    }, cancel);

    private static void Recount(Vote vote, int by)
    {
        if (!vote.Surplus)
        {
            vote.Item!.Count(by);
        }
    }
}
