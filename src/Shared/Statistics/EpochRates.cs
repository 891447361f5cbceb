using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Rates of one epoch, over the images that were really seen. An image that several people judged counts once, by their
/// average.</summary>
/// <param name="Normal">Not deformed.</param>
/// <param name="Safe">Not unsafe.</param>
public sealed record EpochRates(long EpochId, int Number, EpochState State, Proportion Normal, Proportion Deformed, Proportion Safe)
{
    /// <summary>Rates of every epoch of a flag project, in order.</summary>
    public static async Task<IReadOnlyList<EpochRates>> Read(LabelerDb db, long projectId, CancellationToken cancel = default)
    {
        var epochs = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == projectId).OrderBy(e => e.Number)
            .Select(e => new { e.Id, e.Number, e.State }).ToListAsync(cancel);
        var items = await db.Votes.Effective().Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Training)
            .GroupBy(v => new { v.EpochId, v.ItemId })
            .Select(g =>
                new
                {
                    g.Key.EpochId,
                    Votes = g.Count(),
                    Seen = g.Sum(v => v.Seen),
                    Deformed = g.Sum(v => v.Deformed),
                    Unsafe = g.Sum(v => v.Unsafe)
                })
            .ToListAsync(cancel);
        var sums = items.GroupBy(i => i.EpochId).ToDictionary(g => g.Key, g => (
            Seen: g.Sum(i => (double)i.Seen / i.Votes), Deformed: g.Sum(i => (double)i.Deformed / i.Votes),
                Unsafe: g.Sum(i => (double)i.Unsafe / i.Votes)));
        return [.. epochs.Select(e =>
        {
            var (seen, deformed, notSafe) = sums.GetValueOrDefault(e.Id);
            return new EpochRates(e.Id, e.Number, e.State, Proportion.Wilson(Math.Max(0, seen - deformed), seen),
                Proportion.Wilson(Math.Min(deformed, seen), seen), Proportion.Wilson(Math.Max(0, seen - notSafe), seen));
        })];
    }
}
