using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class SkippedFileConfiguration : IEntityTypeConfiguration<SkippedFile>
{
    public void Configure(EntityTypeBuilder<SkippedFile> file)
    {
        file.HasIndex(f => new { f.JobId, f.Name }).IsUnique();
        file.HasOne<Job>().WithMany().HasForeignKey(f => f.JobId);
    }
}
