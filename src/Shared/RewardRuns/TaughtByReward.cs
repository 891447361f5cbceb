using Labeler.Shared.Epochs;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Shared.Training;

namespace Labeler.Shared.RewardRuns;

/// <summary>What an epoch teaches when a reward judges it, alone or beside votes.</summary>
internal static class TaughtByReward
{
    /// <summary>The plan's manifest with a reward's scores of every picture that has a trajectory.</summary>
    /// <returns>How many pictures have a score, too.</returns>
    /// <exception cref="LabelerException">There is nothing to learn.</exception>
    public static async Task<(Manifest Manifest, int Signal)> Make(LabelerDb db, Epoch epoch, TrainingPlan plan, Reward reward,
        RewardRunOptions options, CancellationToken cancel)
    {
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.EpochId == epoch.Id && g.Use == GroupUse.Labeling && g.TrajectoryHash != null).OrderBy(g => g.Number)
            .ToListAsync(cancel);
        var scores = await db.ImageScores.Where(s => s.RewardId == reward.Id && s.Value != null)
            .Where(s => db.Images.Any(i => i.Id == s.ImageId && db.Groups.Any(g => g.Id == i.GroupId && g.EpochId == epoch.Id)))
            .ToDictionaryAsync(s => s.ImageId, s => s.Value!.Value, cancel);
        var values = groups.SelectMany(g => g.Images).Where(i => scores.ContainsKey(i.Id)).Select(i => scores[i.Id]).ToList();
        LabelerException.ThrowIf(values.Count == 0, $"{reward.Name} gives no picture of epoch {epoch.Number} a score.");
        var withVotes = options.VotesWeight > 0;
        LabelerException.ThrowIf(
            values.Distinct().Count() == 1 && !(withVotes && plan.Signal > 0),
            $"{reward.Name} gives every picture of epoch {epoch.Number} the same score, so there is nothing to learn from it.");
        var (mean, deviation) = withVotes ? Spread(values) : (0, 1);
        var said = plan.Manifest.Groups.ToDictionary(g => g.Id);
        return (plan.Manifest with
        {
            Held = null,
            Teacher = new(reward.Id, reward.Name, options.RewardWeight, options.VotesWeight),
            Groups = [.. groups.Select(g =>
            {
                var votes = withVotes && said.TryGetValue(g.Id, out var judged) ? judged : null;
                return new ManifestGroup(g.Id, g.Prompt, g.Seed, g.TrajectoryHash, [.. g.Images.Select(i => i.ContentHash)],
                    votes?.Preferences ?? [], votes?.Votes ?? [])
                {
                    Scores = [
                        .. g.Images.Select(i => scores.TryGetValue(i.Id, out var score) ? (score - mean) / deviation : (double?)null)],
                };
            })],
        }, values.Count);
    }

    // The population's; 1 where all are the same, so that each is 0.
    private static (double Mean, double Deviation) Spread(List<double> values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return (mean, deviation > 0 ? deviation : 1);
    }
}
