namespace Labeler.Web.Features.Administration;

/// <summary>A job as the table of jobs shows it.</summary>
public sealed class JobRow
{
    public long Id { get; init; }
    public JobKind Kind { get; init; }
    public JobState State { get; init; }

    /// <summary>Which share of a job it is, from 1; null for a whole job.</summary>
    public int? Share { get; init; }
    public long? Of { get; init; }
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

    /// <summary>All jobs, with the shares of them that somebody does right now or that failed.</summary>
    public static IQueryable<JobRow> All(LabelerDb db) =>
        from job in db.Jobs.AsNoTracking()
        where job.ParentId == null || job.State == JobState.Running || job.State == JobState.Failed
        join project in db.Projects on job.ProjectId equals project.Id into projects
        from project in projects.DefaultIfEmpty()
        join epoch in db.Epochs on job.EpochId equals epoch.Id into epochs
        from epoch in epochs.DefaultIfEmpty()
        select new JobRow
        {
            Id = job.Id,
            Kind = job.Kind,
            State = job.State,
            Share = job.Share,
            Of = job.ParentId,
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
