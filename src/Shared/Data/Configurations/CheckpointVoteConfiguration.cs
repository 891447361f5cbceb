using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class CheckpointVoteConfiguration : IEntityTypeConfiguration<CheckpointVote>
{
    public void Configure(EntityTypeBuilder<CheckpointVote> taught)
    {
        taught.ToTable("TaughtBy");
        taught.HasKey(t => new { t.CheckpointId, t.VoteId });
        taught.HasIndex(t => t.VoteId);
        taught.HasOne(t => t.Checkpoint).WithMany().HasForeignKey(t => t.CheckpointId).OnDelete(DeleteBehavior.Restrict);
        taught.HasOne<Vote>().WithMany().HasForeignKey(t => t.VoteId).OnDelete(DeleteBehavior.Restrict);
    }
}
