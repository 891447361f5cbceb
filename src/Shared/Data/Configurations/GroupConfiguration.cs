using Labeler.Shared.Epochs;
using Labeler.Shared.Samples;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class GroupConfiguration : IEntityTypeConfiguration<Group>
{
    public void Configure(EntityTypeBuilder<Group> group)
    {
        group.HasIndex(g => new { g.EpochId, g.Use, g.Number }).IsUnique();
        group.HasOne<Epoch>().WithMany().HasForeignKey(g => g.EpochId).OnDelete(DeleteBehavior.Restrict);
    }
}
