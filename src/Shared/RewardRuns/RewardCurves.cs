using Labeler.Shared.Comparisons;
using Labeler.Shared.Projects;

namespace Labeler.Shared.RewardRuns;

/// <summary>Every reward's curve of a project.</summary>
public static class RewardCurves
{
    /// <summary>Of the rewards that a project names or has trained on, and that have scored some of its evaluation pictures, by
    /// name.</summary>
    public static async Task<IReadOnlyList<RewardCurve>> Read(LabelerDb db, Project project, CancellationToken cancel = default)
    {
        var taught = await db.RewardRuns.Where(run => run.ProjectId == project.Id).Select(run => run.RewardId).Distinct()
            .ToListAsync(cancel);
        var ids = project.Settings.MeasuredRewards.Union(taught).ToList();
        var curves = new List<RewardCurve>();
        foreach (var reward in await db.Rewards.AsNoTracking().Where(r => ids.Contains(r.Id)).OrderBy(r => r.Name).ToListAsync(cancel))
        {
            var curve = await RewardCurve.Read(db, project, reward, cancel);
            if (curve.Trained.Points.Count > 0 || curve.HeldOut?.Points.Count > 0)
            {
                curves.Add(curve);
            }
        }
        return curves;
    }
}
