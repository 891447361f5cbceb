namespace Labeler.Web.Features.Epochs;

/// <summary>A line that a worker wrote about an epoch.</summary>
public sealed class LogRow
{
    public long Id { get; init; }
    public DateTimeOffset At { get; init; }
    public JobKind Job { get; init; }
    public string Text { get; init; } = "";

    /// <param name="sought">A part of the line, in any case; empty for all lines.</param>
    public static IQueryable<LogRow> Of(LabelerDb db, long epoch, string sought)
    {
        var lowered = sought.ToLowerInvariant();
        return
            from line in db.JobLines.AsNoTracking()
            join job in db.Jobs on line.JobId equals job.Id
            where job.EpochId == epoch
            where sought.Length == 0 || line.Text.Contains(sought) || line.Text.ToLower().Contains(lowered)
            select new LogRow { Id = line.Id, At = line.At, Job = job.Kind, Text = line.Text };
    }
}
