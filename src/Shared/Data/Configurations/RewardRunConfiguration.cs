using Labeler.Shared.Projects;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Scoring;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class RewardRunConfiguration : IEntityTypeConfiguration<RewardRun>
{
    public void Configure(EntityTypeBuilder<RewardRun> run)
    {
        // One of a project at a time.
        run.HasIndex(r => r.ProjectId).IsUnique().HasFilter("\"EndedAt\" IS NULL");
        run.HasOne<Project>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Restrict);
        run.HasOne<Reward>().WithMany().HasForeignKey(r => r.RewardId).OnDelete(DeleteBehavior.Restrict);
        run.Property(r => r.Options).HasJson();
    }
}
