using Labeler.Shared.Comparisons;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;

namespace Labeler.Shared.RewardRuns;

internal static class Standing
{
    /// <summary>What a run has come to when an epoch's pictures are scored and nothing of it is trained yet.</summary>
    public static async Task<RunStanding> Read(LabelerDb db, RewardRun run, Project project, Reward reward, Epoch epoch,
        CancellationToken cancel)
    {
        var epochs = await db.Epochs.AsNoTracking()
            .Where(e => e.ProjectId == project.Id && (e.RunId == run.Id || e.Id == epoch.Id)).OrderBy(e => e.Number).ToListAsync(cancel);
        var trained = epochs.Where(e => e.RunId == run.Id && e.State == EpochState.Complete).Select(e => e.Id).ToList();
        async Task<int> Images(IReadOnlyCollection<long> ids) => await db.Groups
            .Where(g => ids.Contains(g.EpochId) && g.Use == GroupUse.Labeling && g.TrajectoryHash != null)
            .SumAsync(g => g.Images.Count, cancel);
        async Task<double?> Diversity(long id) => await db.EpochFigures
            .Where(f => f.EpochId == id && f.Name == EpochFigure.Diversity).OrderBy(f => f.HeldOut).Select(f => (double?)f.Value)
            .FirstOrDefaultAsync(cancel);
        var curve = await RewardCurve.Read(db, project, reward, cancel);
        // What was measured before the run is none of its doing.
        return new(trained.Count, await Images(trained), await Images([epoch.Id]), curve.Last(epochs.Count), await Diversity(epochs[0].Id),
            await Diversity(epoch.Id));
    }
}
