using Labeler.Shared.Jobs;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> job)
    {
        job.HasIndex(j => new { j.State, j.Priority });
        job.HasIndex(j => j.EpochId);
        job.HasIndex(j => j.ParentId);
        job.Property(j => j.Device).HasMaxLength(100).HasDefaultValue("");
        job.Property(j => j.Pieces).HasDefaultValue(0);
        job.Property(j => j.Attempt).IsConcurrencyToken();
    }
}
