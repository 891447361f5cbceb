using Labeler.Shared.Jobs;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class JobMetricConfiguration : IEntityTypeConfiguration<JobMetric>
{
    public void Configure(EntityTypeBuilder<JobMetric> metric)
    {
        metric.HasKey(m => new { m.JobId, m.Step, m.Name });
        metric.HasOne<Job>().WithMany().HasForeignKey(m => m.JobId);
    }
}
