using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Data.Configurations;

/// <summary>How the database keeps epochs and what they made, where Entity Framework's conventions do not say it.</summary>
internal static class EpochTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Epoch>(epoch =>
        {
            epoch.HasIndex(e => new { e.ProjectId, e.Number }).IsUnique();
            epoch.Property(e => e.State).IsConcurrencyToken();
            epoch.Property(e => e.LabelingSince).HasColumnName("LabellingSince");
            epoch.HasOne<Project>().WithMany().HasForeignKey(e => e.ProjectId).OnDelete(DeleteBehavior.Restrict);
            epoch.HasOne(e => e.SampledBy).WithMany().HasForeignKey(e => e.SampledById).OnDelete(DeleteBehavior.Restrict);
            epoch.HasOne(e => e.Checkpoint).WithMany().HasForeignKey(e => e.CheckpointId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Checkpoint>(checkpoint =>
        {
            checkpoint.HasIndex(c => c.ProjectId);
            checkpoint.HasIndex(c => c.EpochId);
        });
        model.Entity<CheckpointVote>(taught =>
        {
            taught.ToTable("TaughtBy");
            taught.HasKey(t => new { t.CheckpointId, t.VoteId });
            taught.HasIndex(t => t.VoteId);
            taught.HasOne(t => t.Checkpoint).WithMany().HasForeignKey(t => t.CheckpointId).OnDelete(DeleteBehavior.Restrict);
            taught.HasOne<Vote>().WithMany().HasForeignKey(t => t.VoteId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<LearnedReward>(reward =>
        {
            reward.HasIndex(r => r.JobId).IsUnique();
            reward.HasOne<Project>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Restrict);
            reward.HasOne<Job>().WithMany().HasForeignKey(r => r.JobId).OnDelete(DeleteBehavior.Restrict);
            reward.Ignore(r => r.Accuracy);
            reward.Ignore(r => r.Later);
        });
    }
}
