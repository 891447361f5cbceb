using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>How often each label was given in one epoch: a category, a score, a flag, a pick of a pair, or two images of
/// a ranking, in order or tied. Intervals are over groups of
/// images (<see cref="Cluster"/>).</summary>
public sealed record LabelCounts(int Epoch, string Label, int Count, Proportion Share)
{
    private const string InOrder = "in order", Tied = "tie";

    /// <summary>Every judged epoch's; labels in the project's own order.</summary>
    /// <param name="which">Null for all votes.</param>
    public static async Task<IReadOnlyList<LabelCounts>> Read(
        LabelerDb db, Project project, CancellationToken cancel = default, WhichVotes? which = null)
    {
        var votes = (which ?? WhichVotes.All).Of(db.Votes.Effective())
            .Where(v => v.ProjectId == project.Id && v.Item!.Use == ItemUse.Training);
        var items = project.Task switch
        {
            LabelingTask.FlagBatch => await Flags(db, votes, project.Settings.Flags, cancel),
            LabelingTask.Rank => await Rankings(db, votes, cancel),
            _ => await Choices(db, votes, cancel),
        };
        IReadOnlyList<string> own = project.Task switch
        {
            LabelingTask.FlagBatch => [],
            LabelingTask.PreferPair => ["first", "second", "tie", "bothBad"],
            LabelingTask.Rank => [InOrder, Tied],
            _ => [.. project.Settings.Choices.Select(choice => choice.Name)],
        };
        return [.. items.GroupBy(item => item.Epoch).OrderBy(epoch => epoch.Key).SelectMany(epoch => Of(epoch.Key, own, [.. epoch]))];
    }

    // Labels that the settings no longer hold come last.
    private static IEnumerable<LabelCounts> Of(int epoch, IReadOnlyList<string> own, IReadOnlyList<JudgedItem> items)
    {
        var others = items.SelectMany(item => item.Labels.Keys).Distinct().ToList();
        foreach (var label in own.Concat(own.Count == 0 ? others : others.Except(own).Order()))
        {
            yield return new(epoch, label, items.Sum(item => item.Labels.GetValueOrDefault(label)),
                Cluster.Share(items.GroupBy(item => item.Group).Select(group => new Cluster(
                    group.Sum(item => item.Labels.GetValueOrDefault(label)), group.Sum(item => item.Given),
                    group.Sum(item => (double)item.Given / item.People), group.Sum(item => item.Given)))));
        }
    }

    private static async Task<List<JudgedItem>> Choices(LabelerDb db, IQueryable<Vote> votes, CancellationToken cancel)
    {
        var rows = await votes.Where(v => v.Choice != null)
            .Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { e.Number, v.Item!.GroupId, v.ItemId, Choice = v.Choice! })
            .ToListAsync(cancel);
        return [.. rows.GroupBy(r => (r.Number, r.GroupId, r.ItemId)).Select(item =>
            new JudgedItem(item.Key.Number, item.Key.GroupId, item.Count(), item.CountBy(r => r.Choice).ToDictionary()))];
    }

    private static async Task<List<JudgedItem>> Rankings(LabelerDb db, IQueryable<Vote> votes, CancellationToken cancel)
    {
        var rows = await votes.Where(v => v.Score != null)
            .Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { e.Number, v.ItemId, v.Seen, Pairs = (int)v.Score! })
            .ToListAsync(cancel);
        return [.. rows.GroupBy(r => (r.Number, r.ItemId)).Select(item => new JudgedItem(
            item.Key.Number, item.Key.ItemId, item.Count(),
            new() { [InOrder] = item.Sum(r => r.Pairs), [Tied] = item.Sum(r => Ranking.PairsOf(r.Seen) - r.Pairs) }))];
    }

    private static async Task<List<JudgedItem>> Flags(LabelerDb db, IQueryable<Vote> votes, FlagKinds used, CancellationToken cancel)
    {
        var rows = await votes
            .Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { e.Number, v.ItemId, v.Seen, v.Flagged, v.Deformed, v.Unsafe })
            .GroupBy(v => new { v.Number, v.ItemId })
            .Select(g => new
            {
                g.Key.Number,
                g.Key.ItemId,
                Votes = g.Count(),
                Seen = g.Sum(v => v.Seen),
                Flagged = g.Sum(v => v.Flagged),
                Deformed = g.Sum(v => v.Deformed),
                Unsafe = g.Sum(v => v.Unsafe)
            }).ToListAsync(cancel);
        return [.. rows.Select(row =>
        {
            var both = row.Deformed + row.Unsafe - row.Flagged;
            var labels = new Dictionary<string, int> { ["normal"] = row.Seen - row.Flagged };
            if (used.HasFlag(FlagKinds.Deformed))
            {
                labels["deformed"] = row.Deformed - both;
            }
            if (used.HasFlag(FlagKinds.Unsafe))
            {
                labels["unsafe"] = row.Unsafe - both;
            }
            if (used == (FlagKinds.Deformed | FlagKinds.Unsafe))
            {
                labels["both"] = both;
            }
            return new JudgedItem(row.Number, row.ItemId, row.Votes, labels);
        })];
    }

    /// <param name="People">Who judged it.</param>
    private sealed record JudgedItem(int Epoch, long Group, int People, Dictionary<string, int> Labels)
    {
        public int Given => Labels.Values.Sum();
    }
}
