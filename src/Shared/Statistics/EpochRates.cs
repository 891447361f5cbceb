using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Rates of one epoch, over the images that were really seen. An image that several people judged counts once, by their
/// average; intervals are over groups of images (<see cref="Cluster"/>).</summary>
/// <param name="Normal">Not deformed.</param>
/// <param name="Safe">Not unsafe.</param>
public sealed record EpochRates(long EpochId, int Number, EpochState State, Proportion Normal, Proportion Deformed, Proportion Safe)
{
    /// <summary>Rates of every epoch of a flag project, in order.</summary>
    /// <param name="which">Null for all votes.</param>
    public static async Task<IReadOnlyList<EpochRates>> Read(
        LabelerDb db, long projectId, CancellationToken cancel = default, WhichVotes? which = null)
    {
        var epochs = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == projectId).OrderBy(e => e.Number)
            .Select(e => new { e.Id, e.Number, e.State }).ToListAsync(cancel);
        var items = await (which ?? WhichVotes.All).Of(db.Votes.Effective())
            .Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Training).GroupBy(v => new { v.EpochId, v.ItemId })
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
        var judged = items.ToLookup(i => i.EpochId, i => new JudgedGroup(i.Votes, i.Seen, i.Deformed, i.Unsafe));
        return [.. epochs.Select(e => Of(e.Id, e.Number, e.State, [.. judged[e.Id]]))];
    }

    /// <param name="groups">What everybody said about each group.</param>
    public static EpochRates Of(long epochId, int number, EpochState state, IReadOnlyList<JudgedGroup> groups)
    {
        Proportion Share(Func<JudgedGroup, int> images) => Cluster.Share(groups.Select(group => new Cluster(
            (double)images(group) / group.Votes, (double)group.Seen / group.Votes, (double)group.Seen / group.Votes, group.Seen)));
        return new(epochId, number, state, Share(group => group.Seen - group.Deformed), Share(group => group.Deformed),
            Share(group => group.Seen - group.Unsafe));
    }
}

/// <summary>All votes on one group, added up.</summary>
/// <param name="Votes">People who judged it.</param>
/// <param name="Seen">Images that each of them really saw; and so on.</param>
public readonly record struct JudgedGroup(int Votes, int Seen, int Deformed, int Unsafe);
