using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class LearnedRewardConfiguration : IEntityTypeConfiguration<LearnedReward>
{
    public void Configure(EntityTypeBuilder<LearnedReward> reward)
    {
        reward.HasIndex(r => r.JobId).IsUnique();
        reward.HasOne<Project>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Restrict);
        reward.HasOne<Job>().WithMany().HasForeignKey(r => r.JobId).OnDelete(DeleteBehavior.Restrict);
        reward.Ignore(r => r.Accuracy);
        reward.Ignore(r => r.Later);
    }
}
