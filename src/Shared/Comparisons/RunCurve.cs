using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Comparisons;

/// <summary>A project as a run: what people said of each epoch's pictures, over the labeled pictures that its model had learned
/// from.</summary>
public static class RunCurve
{
    /// <summary>The measured epochs in order; those that were rolled back or cancelled are left out. Intervals are 95 %.</summary>
    public static async Task<Curve> Read(LabelerDb db, Project project, Measure measure, CancellationToken cancel = default)
    {
        var line = await LearnedFrom.Read(db, project.Id, cancel);
        var judged = await Judged(db, project.Id, cancel);
        var values = await Values(db, project, measure, cancel);
        return new(project.Name, [.. line.Epochs.Where(epoch => values.ContainsKey(epoch.Number)).Select(epoch =>
        {
            var (value, low, high) = values[epoch.Number];
            var learned = line.Of(epoch);
            return new CurvePoint(learned.Count, learned.Sum(id => judged.GetValueOrDefault(id)), value, low, high);
        })]);
    }

    // Pictures that somebody really saw and judged, by epoch; several people's votes on one picture, and several pairs with it, count once.
    private static async Task<Dictionary<long, double>> Judged(LabelerDb db, long projectId, CancellationToken cancel)
    {
        var items = await db.Votes.Effective().Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Training)
            .GroupBy(v => new { v.EpochId, v.ItemId, v.Item!.GroupId })
            .Select(g => new { g.Key.EpochId, g.Key.GroupId, Seen = g.Max(v => v.Seen) }).ToListAsync(cancel);
        var sizes = await db.Groups.Where(g => db.Epochs.Any(e => e.Id == g.EpochId && e.ProjectId == projectId))
            .Select(g => new { g.Id, Images = g.Images.Count }).ToDictionaryAsync(g => g.Id, g => g.Images, cancel);
        return items.GroupBy(i => i.EpochId).ToDictionary(
            epoch => epoch.Key,
            epoch => (double)epoch.GroupBy(i => i.GroupId).Sum(group => Math.Min(group.Sum(i => i.Seen), sizes[group.Key])));
    }

    private static async Task<Dictionary<int, (double Value, double Low, double High)>> Values(LabelerDb db, Project project,
        Measure measure, CancellationToken cancel)
    {
        if (measure == Measure.Score)
        {
            return (await MeanScores.Read(db, project, cancel)).ToDictionary(s => s.Epoch, s => (s.Mean, s.Low, s.High));
        }
        return (await EpochRates.Read(db, project.Id, cancel))
            .Select(rates => (rates.Number, Share: measure == Measure.Normal ? rates.Normal : rates.Safe))
            .Where(rate => rate.Share.Of > 0)
                .ToDictionary(rate => rate.Number, rate => (rate.Share.Share, rate.Share.Low, rate.Share.High));
    }
}
