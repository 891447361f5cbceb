using Labeler.Shared.Data;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Statistics;

/// <summary>How the images of one epoch fared against those of another in blind pairs. The epoch stands for the checkpoint that sampled it.</summary>
/// <param name="Wins">Share of votes for <paramref name="Epoch"/>, a tie counting half for each; both bad counts for neither.</param>
/// <param name="Majority">Share of items in which more than half of the raters preferred it.</param>
public sealed record WinRates(int Epoch, int Against, Proportion Wins, Proportion Majority, int Ties, int BothBad)
{
    /// <summary>Of every two epochs that met in a project's pairs; each meeting is listed from both sides.</summary>
    public static async Task<IReadOnlyList<WinRates>> Read(LabelerDb db, long projectId, CancellationToken cancel = default)
    {
        var items = await db.Votes.Effective()
            .Where(v => v.ProjectId == projectId && v.Item!.SecondId != null)
            .Join(db.Groups, v => v.Item!.First!.GroupId, g => g.Id, (v, g) => new { Vote = v, First = g.EpochId })
            .Join(db.Groups, v => v.Vote.Item!.Second!.GroupId, g => g.Id, (v, g) => new { v.Vote, v.First, Second = g.EpochId })
            .Where(v => v.First != v.Second)
            .GroupBy(v => new { v.Vote.ItemId, v.First, v.Second })
            .Select(g => new
            {
                g.Key.First,
                g.Key.Second,
                ForFirst = g.Count(v => v.Vote.Choice == "first"),
                ForSecond = g.Count(v => v.Vote.Choice == "second"),
                Ties = g.Count(v => v.Vote.Choice == "tie"),
                BothBad = g.Count(v => v.Vote.Choice == "bothBad"),
            }).ToListAsync(cancel);
        var numbers = await db.Epochs.Where(e => e.ProjectId == projectId).ToDictionaryAsync(e => e.Id, e => e.Number, cancel);
        var sides = items.SelectMany(i => new[]
        {
            (Epoch: numbers[i.First], Against: numbers[i.Second], For: i.ForFirst, Other: i.ForSecond, i.Ties, i.BothBad),
            (Epoch: numbers[i.Second], Against: numbers[i.First], For: i.ForSecond, Other: i.ForFirst, i.Ties, i.BothBad),
        });
        return [.. sides.GroupBy(s => (s.Epoch, s.Against)).OrderBy(g => g.Key).Select(g => new WinRates(
            g.Key.Epoch, g.Key.Against,
            Proportion.Wilson(g.Sum(s => s.For + s.Ties / 2.0), g.Sum(s => s.For + s.Other + s.Ties)),
            Proportion.Wilson(g.Count(s => s.For * 2 > s.For + s.Other + s.Ties + s.BothBad), g.Count()),
            g.Sum(s => s.Ties), g.Sum(s => s.BothBad)))];
    }
}
