using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class TrainingSheetConfiguration : IEntityTypeConfiguration<TrainingSheet>
{
    public void Configure(EntityTypeBuilder<TrainingSheet> sheet)
    {
        sheet.HasIndex(s => new { s.JobId, s.Label, s.Step, s.Seeds }).IsUnique();
        sheet.HasOne<Job>().WithMany().HasForeignKey(s => s.JobId);
    }
}
