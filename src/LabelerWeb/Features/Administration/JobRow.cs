namespace Labeler.Web.Features.Administration;

/// <summary>A job as the table of jobs shows it.</summary>
public sealed class JobRow
{
    public long Id { get; init; }
    public JobKind Kind { get; init; }
    public JobState State { get; init; }
    public string? Project { get; init; }
    public string? Slug { get; init; }
    public int? Epoch { get; init; }
    public double Progress { get; init; }
    public int Attempt { get; init; }
    public string? Worker { get; init; }
    public string? Error { get; init; }
    public DateTimeOffset Queued { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }

    public static IQueryable<JobRow> All(LabelerDb db) =>
        from job in db.Jobs.AsNoTracking()
        join project in db.Projects on job.ProjectId equals project.Id into projects
        from project in projects.DefaultIfEmpty()
        join epoch in db.Epochs on job.EpochId equals epoch.Id into epochs
        from epoch in epochs.DefaultIfEmpty()
        select new JobRow
        {
            Id = job.Id,
            Kind = job.Kind,
            State = job.State,
            Project = project == null ? null : project.Name,
            Slug = project == null || project.DeletedAt != null ? null : project.Slug,
            Epoch = epoch == null ? null : epoch.Number,
            Progress = job.Progress,
            Attempt = job.Attempt,
            Worker = job.Worker,
            Error = job.Error,
            Queued = job.CreatedAt,
            Started = job.StartedAt,
            Ended = job.EndedAt,
        };
}
