using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Support;

/// <summary>What the database holds of a project's votes.</summary>
/// <param name="Acknowledged">Those that somebody was told are kept.</param>
/// <param name="Stored">Those of them that are there.</param>
/// <param name="Doubled">By one key, or of one person about one item, more than once.</param>
/// <param name="Miscounted">Items whose number of votes is another than that of their votes.</param>
public sealed record VoteCount(int Acknowledged, int Stored, int Doubled, int Miscounted)
{
    public bool IsWell => Acknowledged > 0 && Stored == Acknowledged && Doubled == 0 && Miscounted == 0;

    public static async Task<VoteCount> Of(SeededProject seeded, IReadOnlySet<Guid> acknowledged)
    {
        var project = seeded.Project.Id;
        await using var db = await seeded.Open();
        var stored = await db.Votes.Where(vote => vote.ProjectId == project && vote.Kind == VoteKind.Judgement)
            .Select(vote => new { vote.Key, vote.ItemId, vote.AnnotatorId, vote.Surplus }).ToListAsync();
        var items = await db.Items.Where(item => item.ProjectId == project).ToDictionaryAsync(item => item.Id, item => item.Votes);
        var counted = stored.Where(vote => !vote.Surplus).CountBy(vote => vote.ItemId).ToDictionary();
        return new(
            acknowledged.Count,
            stored.Count(vote => acknowledged.Contains(vote.Key)),
            (2 * stored.Count) - stored.DistinctBy(vote => vote.Key).Count() - stored.DistinctBy(vote => (vote.ItemId, vote.AnnotatorId)).Count(),
            items.Count(item => item.Value != counted.GetValueOrDefault(item.Key)));
    }
}
