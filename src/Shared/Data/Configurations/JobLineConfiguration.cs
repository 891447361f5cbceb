using Labeler.Shared.Jobs;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class JobLineConfiguration : IEntityTypeConfiguration<JobLine>
{
    public void Configure(EntityTypeBuilder<JobLine> line)
    {
        line.HasIndex(l => new { l.JobId, l.Id });
        line.HasOne<Job>().WithMany().HasForeignKey(l => l.JobId);
    }
}
