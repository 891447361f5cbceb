namespace Labeler.Web.Features.Labeling;

/// <param name="Lease">With its item, the item's group and images.</param>
/// <param name="CanReopen">Its epoch still takes votes, so it can be taken back.</param>
public sealed record OwnVote(Vote Vote, Lease Lease, bool CanReopen);

/// <summary>What one person has judged.</summary>
public static class OwnVotes
{
    /// <summary>Votes that stand, newest first.</summary>
    public static async Task<IReadOnlyList<OwnVote>> Newest(LabelerDb db, long project, Guid annotator, int count,
        CancellationToken cancel, int skip = 0)
    {
        var votes = await db.Votes.AsNoTracking()
            .Where(v => v.AnnotatorId == annotator && v.ProjectId == project && v.Kind != VoteKind.Undo && v.SupersededById == null)
            .OrderByDescending(v => v.Id).Skip(skip).Take(count)
            .Select(v => new
            {
                Vote = v,
                Open = v.Surplus
                || db.Epochs.Any(e => e.Id == v.EpochId && (e.State == EpochState.Sampling || e.State == EpochState.Labeling))
            })
            .ToListAsync(cancel);
        var items = votes.Select(v => v.Vote.ItemId).ToList();
        var leases = await db.Leases.AsNoTrackingWithIdentityResolution()
            .Include(l => l.Item!.Group!.Images).Include(l => l.Item!.First).Include(l => l.Item!.Second)
            .Where(l => l.AnnotatorId == annotator && items.Contains(l.ItemId))
            .ToDictionaryAsync(l => l.ItemId, cancel);
        await Checking.Show(db, leases.Values, cancel);
        return [.. votes.Select(v => new OwnVote(v.Vote, leases[v.Vote.ItemId], v.Open))];
    }
}
