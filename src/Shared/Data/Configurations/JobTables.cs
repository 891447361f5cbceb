using Labeler.Shared.Jobs;

namespace Labeler.Shared.Data.Configurations;

/// <summary>How the database keeps jobs and what they report, where Entity Framework's conventions do not say it.</summary>
internal static class JobTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Job>(job =>
        {
            job.HasIndex(j => new { j.State, j.Priority });
            job.HasIndex(j => j.EpochId);
            job.Property(j => j.Attempt).IsConcurrencyToken();
        });
        model.Entity<JobMetric>(metric =>
        {
            metric.HasKey(m => new { m.JobId, m.Step, m.Name });
            metric.HasOne<Job>().WithMany().HasForeignKey(m => m.JobId);
        });
        model.Entity<JobLine>(line =>
        {
            line.HasIndex(l => new { l.JobId, l.Id });
            line.HasOne<Job>().WithMany().HasForeignKey(l => l.JobId);
        });
    }
}
