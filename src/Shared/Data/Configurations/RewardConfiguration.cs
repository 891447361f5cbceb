using Labeler.Shared.Scoring;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class RewardConfiguration : IEntityTypeConfiguration<Reward>
{
    public void Configure(EntityTypeBuilder<Reward> reward)
    {
        reward.HasIndex(r => r.Name).IsUnique();
        reward.Property(r => r.Settings).HasJson();
    }
}
