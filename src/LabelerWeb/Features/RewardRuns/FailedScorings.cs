namespace Labeler.Web.Features.RewardRuns;

/// <summary>Measured rewards whose last scoring of a project's epochs failed.</summary>
public static class FailedScorings
{
    private const int LatestJobs = 100;

    public static async Task<IReadOnlyList<(Reward Reward, string Error)>> Read(LabelerDb db, Project project,
        IReadOnlyCollection<Reward> rewards, CancellationToken cancel = default)
    {
        var jobs = await db.Jobs.AsNoTracking().Where(j => j.ProjectId == project.Id && j.Kind == JobKind.Score && j.EpochId != null)
            .OrderByDescending(j => j.Id).Take(LatestJobs).ToListAsync(cancel);
        return
        [
            .. from reward in rewards
               where project.Settings.MeasuredRewards.Contains(reward.Id)
               let last = jobs.Find(job => job.Read<ScoreOrder>().Reward == reward.Id)
               where last is { State: JobState.Failed }
               select (reward, last.Error ?? Texts.Say($"It failed.")),
        ];
    }
}
