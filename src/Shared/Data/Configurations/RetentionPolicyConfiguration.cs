using Labeler.Shared.Retention;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class RetentionPolicyConfiguration : IEntityTypeConfiguration<RetentionPolicy>
{
    public void Configure(EntityTypeBuilder<RetentionPolicy> policy)
    {
        policy.Property(p => p.Id).ValueGeneratedNever();
        policy.Property(p => p.Settings).HasJson();
    }
}
