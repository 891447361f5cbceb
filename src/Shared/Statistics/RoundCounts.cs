using System.Collections.Concurrent;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>
/// How many items an epoch has and how many of them are done, for the bar on every annotator's page. Every acknowledgement asks, so of
/// a large epoch the last count is told again for a moment: a ten-thousandth of a second for each item, at most a second.
/// </summary>
public sealed class RoundCounts(TimeProvider time)
{
    private const int Large = 1000;
    private const double SecondsPerItem = 1e-4;

    private readonly ConcurrentDictionary<long, (int Items, int Done, long At)> _counted = new();

    /// <summary>The items that are asked about, and those with all their votes.</summary>
    public async Task<(int Items, int Done)> Of(LabelerDb db, long projectId, long epochId, CancellationToken cancel = default)
    {
        if (_counted.TryGetValue(epochId, out var known)
            && time.GetElapsedTime(known.At).TotalSeconds < Math.Min(1, known.Items * SecondsPerItem))
        {
            return (known.Items, known.Done);
        }
        var began = time.GetTimestamp();
        // By what one index holds, not by the use: what measures people has a rank below 0.
        var found = await db.Items.Where(i => i.ProjectId == projectId && (i.State == ItemState.Open || i.State == ItemState.Done
                || i.State == ItemState.Retired || i.State == ItemState.Disputed) && i.EpochId == epochId && i.Rank >= 0)
            .GroupBy(i => i.State).Select(some => new { State = some.Key, Count = some.Count() }).ToListAsync(cancel);
        var (items, done) = (found.Sum(some => some.Count), found.Where(some => some.State == ItemState.Done).Sum(some => some.Count));
        if (items >= Large)
        {
            _counted[epochId] = (items, done, began);
        }
        else
        {
            _counted.TryRemove(epochId, out _);
        }
        return (items, done);
    }
}
