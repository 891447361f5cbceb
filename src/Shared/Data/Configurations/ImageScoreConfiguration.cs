using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class ImageScoreConfiguration : IEntityTypeConfiguration<ImageScore>
{
    public void Configure(EntityTypeBuilder<ImageScore> score)
    {
        score.HasKey(s => new { s.ImageId, s.RewardId });
        score.HasIndex(s => s.RewardId);
        score.HasOne<Reward>().WithMany().HasForeignKey(s => s.RewardId).OnDelete(DeleteBehavior.Cascade);
        score.HasOne<SampleImage>().WithMany().HasForeignKey(s => s.ImageId).OnDelete(DeleteBehavior.Cascade);
    }
}
