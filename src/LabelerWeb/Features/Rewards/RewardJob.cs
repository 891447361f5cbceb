namespace Labeler.Web.Features.Rewards;

/// <summary>A learning or measuring that is under way, or whose last attempt failed.</summary>
public sealed record RewardJob(Job Job, string Project)
{
    /// <summary>Such as: learning from Hands.</summary>
    public string Doing => Job.Read<RewardOrder>().Reward is null
        ? Texts.Say($"learning from {Project}") : Texts.Say($"measuring on later votes of {Project}");

    public static async Task<IReadOnlyList<RewardJob>> Standing(LabelerDb db, Viewer viewer, CancellationToken cancel = default)
    {
        var jobs = await db.Jobs.AsNoTracking().Where(j => j.Kind == JobKind.RewardModel)
            .Join(viewer.Projects(db, ProjectRole.Lead).Where(p => p.DeletedAt == null), j => j.ProjectId, p => (long?)p.Id,
                (j, p) => new RewardJob(j, p.Name))
            .ToListAsync(cancel);
        return [.. jobs.GroupBy(j => j.Job.ProjectId).Select(of => of.MaxBy(j => j.Job.Id)!)
            .Where(j => j.Job.State is JobState.Queued or JobState.Running or JobState.Failed).OrderBy(j => j.Job.Id)];
    }
}
