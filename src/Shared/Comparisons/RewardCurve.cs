using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Shared.Statistics;

namespace Labeler.Shared.Comparisons;

/// <summary>What a reward says of the evaluation pictures of a project's epochs, over the pictures that their models had learned from:
/// on the prompts that are trained on, and on those that are held out (mirror report, figure 7).</summary>
/// <param name="HeldOut">Null where the project holds out no prompt.</param>
public sealed record RewardCurve(Reward Reward, Curve Trained, Curve? HeldOut)
{
    /// <summary>Mean score of each held-out group by its number, which is of the same prompt and noise in every epoch; by the epochs
    /// learned from.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<int, double>> HeldOutGroups { get; init; } =
        new Dictionary<int, IReadOnlyDictionary<int, double>>();

    /// <summary>Where the reward goes on growing on the trained prompts while it falls on the held-out ones.</summary>
    public CurvePoint? OverOptimizedFrom => HeldOut is null ? null : OverOptimization.Begins(Trained, HeldOut, Changes);

    /// <summary>From one epoch to another, how far the mean score of each held-out group changed.</summary>
    public IEnumerable<double> Changes(int from, int to) =>
        HeldOutGroups.TryGetValue(from, out var before) && HeldOutGroups.TryGetValue(to, out var after)
            ? before.Keys.Where(after.ContainsKey).Select(number => after[number] - before[number]) : [];

    /// <summary>The same without what was measured before some epochs.</summary>
    public RewardCurve Last(int epochs) => this with { Trained = Trained.Last(epochs), HeldOut = HeldOut?.Last(epochs) };

    /// <summary>The measured epochs in order; those that were rolled back or canceled are left out. Intervals are 95 % over
    /// groups.</summary>
    public static async Task<RewardCurve> Read(LabelerDb db, Project project, Reward reward, CancellationToken cancel = default)
    {
        var heldOut = await db.Prompts.Where(p => p.ProjectId == project.Id && p.Use == PromptUse.HeldOut).Select(p => p.Text)
            .ToHashSetAsync(cancel);
        var line = await LearnedFrom.Read(db, project.Id, cancel);
        var scores = (await db.ImageScores.Where(s => s.RewardId == reward.Id && s.Value != null)
            .Join(db.Images, s => s.ImageId, i => i.Id, (s, i) => new { i.GroupId, Value = s.Value!.Value })
            .Join(db.Groups.Where(g => g.ProjectId == project.Id && g.Use == GroupUse.Evaluation), s => s.GroupId, g => g.Id,
                (s, g) => new { g.EpochId, s.GroupId, g.Number, g.Prompt, s.Value })
            .ToListAsync(cancel)).ToLookup(s => s.EpochId);
        var taught = await db.Groups.Where(g => g.ProjectId == project.Id && g.Use == GroupUse.Labeling).GroupBy(g => g.EpochId)
            .Select(g => new { g.Key, Images = g.Sum(one => one.Images.Count) }).ToDictionaryAsync(g => g.Key, g => g.Images, cancel);
        Curve Of(string name, bool isHeldOut) => new(name, [.. line.Epochs.Select(epoch => Point(epoch,
            [.. scores[epoch.Id].Where(s => heldOut.Contains(s.Prompt) == isHeldOut).GroupBy(s => s.GroupId)
                .Select(group => new Cluster(group.Sum(s => s.Value), group.Count(), group.Count(), group.Count()))]))
                    .OfType<CurvePoint>()]);

        CurvePoint? Point(Epoch epoch, IReadOnlyList<Cluster> groups)
        {
            if (groups.Count == 0)
            {
                return null;
            }
            var learned = line.Of(epoch);
            var (mean, half) = Cluster.Mean(groups);
            return new(learned.Count, learned.Sum(id => taught.GetValueOrDefault(id)), mean, mean - half, mean + half);
        }

        return new(reward, Of(reward.Name, false), heldOut.Count == 0 ? null : Of(reward.Name, true))
        {
            HeldOutGroups = line.Epochs.Where(epoch => scores[epoch.Id].Any()).GroupBy(epoch => line.Of(epoch).Count).ToDictionary(
                same => same.Key, IReadOnlyDictionary<int, double> (same) => scores[same.Last().Id].Where(s => heldOut.Contains(s.Prompt))
                    .GroupBy(s => s.Number).ToDictionary(group => group.Key, group => group.Average(s => s.Value))),
        };
    }
}
