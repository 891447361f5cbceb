using Labeler.Shared.Epochs;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class CheckpointConfiguration : IEntityTypeConfiguration<Checkpoint>
{
    public void Configure(EntityTypeBuilder<Checkpoint> checkpoint)
    {
        checkpoint.HasIndex(c => c.ProjectId);
        checkpoint.HasIndex(c => c.EpochId);
    }
}
