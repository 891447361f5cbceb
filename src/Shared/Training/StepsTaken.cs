using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;

namespace Labeler.Shared.Training;

/// <summary>How many optimizer steps lie between the base model and a checkpoint that an epoch made, over its whole line.</summary>
public static class StepsTaken
{
    /// <summary>Steps by checkpoint. One that no training has figures of, or whose line has such a one, is left out.</summary>
    /// <param name="checkpoints">Whole projects' checkpoints; those of fine-tunings on photos count their own steps and are left
    /// out.</param>
    public static async Task<IReadOnlyDictionary<long, int>> Read(LabelerDb db, IReadOnlyCollection<Checkpoint> checkpoints,
        CancellationToken cancel = default)
    {
        var line = checkpoints.Where(c => c.JobId is null).ToList();
        var epochs = line.Select(c => (long?)c.EpochId).Distinct().ToList();
        var trainings = await db.Jobs.AsNoTracking()
            .Where(j => j.Kind == JobKind.Train && j.State == JobState.Succeeded && epochs.Contains(j.EpochId))
            .Select(j => new { j.Id, Epoch = j.EpochId!.Value, Steps = db.JobMetrics.Where(m => m.JobId == j.Id).Max(m => (int?)m.Step) })
                .ToListAsync(cancel);
        // An epoch that was rolled back and trained again has more than one: the last made what is in use.
        var each = trainings.Where(t => t.Steps is not null).GroupBy(t => t.Epoch)
            .ToDictionary(of => of.Key, of => of.MaxBy(t => t.Id)!.Steps!.Value);
        var taken = new Dictionary<long, int>();
        // A parent is always older than its children.
        foreach (var one in line.OrderBy(c => c.Id))
        {
            var before = 0;
            if (each.TryGetValue(one.EpochId, out var steps) && (one.ParentId is not { } parent || taken.TryGetValue(parent, out before)))
            {
                taken[one.Id] = before + steps;
            }
        }
        return taken;
    }
}
