using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>How often each label was given in one epoch: a category, a score, a flag, or a pick of a pair.</summary>
public sealed record LabelCounts(int Epoch, string Label, int Count, Proportion Share)
{
    /// <summary>Every judged epoch's; labels in the project's own order.</summary>
    public static async Task<IReadOnlyList<LabelCounts>> Read(LabelerDb db, Project project, CancellationToken cancel = default)
    {
        var votes = db.Votes.Effective().Where(v => v.ProjectId == project.Id && v.Item!.Use == ItemUse.Training);
        var counts = project.Task == LabelingTask.FlagBatch ? await Flags(db, votes, project.Settings.Flags, cancel)
            : await Choices(db, votes, Labels(project), cancel);
        var totals = counts.GroupBy(c => c.Epoch).ToDictionary(g => g.Key, g => g.Sum(c => c.Count));
        return [.. counts.Select(c => new LabelCounts(c.Epoch, c.Label, c.Count, Proportion.Wilson(c.Count, totals[c.Epoch])))];
    }

    private static IReadOnlyList<string> Labels(Project project) =>
        project.Task == LabelingTask.PreferPair ? ["first", "second", "tie", "bothBad"] : [.. project.Settings.Choices.Select(c => c.Name)];

    private static async Task<List<(int Epoch, string Label, int Count)>> Choices(LabelerDb db, IQueryable<Vote> votes,
        IReadOnlyList<string> labels, CancellationToken cancel)
    {
        var rows = await votes.Where(v => v.Choice != null)
            .Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { e.Number, Choice = v.Choice! })
            .GroupBy(v => new { v.Number, v.Choice }).Select(g => new { g.Key.Number, g.Key.Choice, Count = g.Count() })
                .ToListAsync(cancel);
        // Labels that the settings no longer hold come last.
        return [.. from epoch in rows.GroupBy(r => r.Number).OrderBy(g => g.Key)
                   from label in labels.Union(epoch.Select(r => r.Choice).Order())
                   select (epoch.Key, label, epoch.Where(r => r.Choice == label).Sum(r => r.Count))];
    }

    private static async Task<List<(int Epoch, string Label, int Count)>> Flags(LabelerDb db, IQueryable<Vote> votes, FlagKinds used,
        CancellationToken cancel)
    {
        var rows =
            await votes.Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { e.Number, v.Seen, v.Flagged, v.Deformed, v.Unsafe })
            .GroupBy(v => v.Number)
            .Select(g =>
                new
                {
                    Number = g.Key,
                    Seen = g.Sum(v => v.Seen),
                    Flagged = g.Sum(v => v.Flagged),
                    Deformed = g.Sum(v => v.Deformed),
                    Unsafe = g.Sum(v => v.Unsafe)
                })
            .OrderBy(r => r.Number).ToListAsync(cancel);
        var counts = new List<(int, string, int)>();
        foreach (var row in rows)
        {
            var both = row.Deformed + row.Unsafe - row.Flagged;
            counts.Add((row.Number, "normal", row.Seen - row.Flagged));
            if (used.HasFlag(FlagKinds.Deformed))
            {
                counts.Add((row.Number, "deformed", row.Deformed - both));
            }
            if (used.HasFlag(FlagKinds.Unsafe))
            {
                counts.Add((row.Number, "unsafe", row.Unsafe - both));
            }
            if (used == (FlagKinds.Deformed | FlagKinds.Unsafe))
            {
                counts.Add((row.Number, "both", both));
            }
        }
        return counts;
    }
}
