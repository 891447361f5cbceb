namespace Labeler.Web.Features.Lineage;

/// <summary>Somebody whose votes a model learned from.</summary>
/// <param name="SetAside">How many of them teach nothing any more.</param>
/// <param name="Share">Of the usable pairs that all the votes give, 0 to 1.</param>
public sealed record VoteContribution(Account? Account, int Votes, int SetAside, double Share)
{
    /// <summary>Whoever gave most first.</summary>
    public static async Task<IReadOnlyList<VoteContribution>> Read(LabelerDb db, IQueryable<Vote> taught)
    {
        var votes = await taught.GroupBy(v => v.AnnotatorId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync();
        var aside = await VotesSetAside.Of(db, taught).GroupBy(v => v.AnnotatorId).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count);
        var pairs = await AnnotatorFigures.Pairs(taught);
        var all = Math.Max(1, pairs.Values.Sum());
        var ids = votes.Select(v => v.Key).ToList();
        var accounts = await db.Users.AsNoTracking().Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id);
        return [.. votes.Select(v => new VoteContribution(accounts.GetValueOrDefault(v.Key), v.Count, aside.GetValueOrDefault(v.Key),
            (double)pairs[v.Key] / all))
            .OrderByDescending(t => t.Share)];
    }
}
