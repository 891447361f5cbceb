using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class EpochConfiguration : IEntityTypeConfiguration<Epoch>
{
    public void Configure(EntityTypeBuilder<Epoch> epoch)
    {
        epoch.HasIndex(e => new { e.ProjectId, e.Number }).IsUnique();
        epoch.Property(e => e.State).IsConcurrencyToken();
        epoch.HasOne<Project>().WithMany().HasForeignKey(e => e.ProjectId).OnDelete(DeleteBehavior.Restrict);
        epoch.HasOne(e => e.SampledBy).WithMany().HasForeignKey(e => e.SampledById).OnDelete(DeleteBehavior.Restrict);
        epoch.HasOne(e => e.Checkpoint).WithMany().HasForeignKey(e => e.CheckpointId).OnDelete(DeleteBehavior.Restrict);
        // No foreign key: SQLite would have to write the whole table anew for it, and a run is never deleted.
        epoch.HasIndex(e => e.RunId);
        epoch.Property(e => e.LabelingSince).HasColumnName("LabellingSince");
    }
}
