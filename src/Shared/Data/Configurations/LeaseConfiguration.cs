using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class LeaseConfiguration : IEntityTypeConfiguration<Lease>
{
    public void Configure(EntityTypeBuilder<Lease> lease)
    {
        lease.HasIndex(l => new { l.ItemId, l.AnnotatorId }).IsUnique();
        lease.HasIndex(l => new { l.AnnotatorId, l.DoneAt });
        lease.Ignore(l => l.Checked);
        lease.HasOne(l => l.Item).WithMany().HasForeignKey(l => l.ItemId);
    }
}
