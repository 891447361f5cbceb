using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class VoteConfiguration : IEntityTypeConfiguration<Vote>
{
    public void Configure(EntityTypeBuilder<Vote> vote)
    {
        vote.HasIndex(v => v.Key).IsUnique();
        vote.HasIndex(v => new { v.EpochId, v.Kind });
        vote.HasIndex(v => new { v.AnnotatorId, v.Id });
        // Tables go through these by time and by length, and ties by Id.
        vote.HasIndex(v => new { v.ProjectId, v.At, v.Id });
        vote.HasIndex(v => new { v.ProjectId, v.DurationMs, v.At, v.Id });
        // All that counting somebody's standing votes of a day or of all time asks, so that it reads nothing but the index.
        vote.HasIndex(v => new { v.ProjectId, v.AnnotatorId, v.At, v.Kind, v.SupersededById });
        // What stands of an item, for Review, and how many votes stand of everybody.
        vote.HasIndex(v => new { v.ProjectId, v.ItemId, v.Id }).HasFilter("\"Kind\" < 2 AND \"SupersededById\" IS NULL");
        vote.HasIndex(v => v.AnnotatorId).HasFilter("\"Kind\" = 0 AND \"SupersededById\" IS NULL");
        // One effective vote per item and person, whatever is sent.
        vote.HasIndex(v => new { v.ItemId, v.AnnotatorId }).IsUnique().HasFilter("\"Kind\" < 2 AND \"SupersededById\" IS NULL");
        vote.HasOne(v => v.Item).WithMany().HasForeignKey(v => v.ItemId).OnDelete(DeleteBehavior.Restrict);
        vote.HasOne(v => v.SupersededBy).WithMany().HasForeignKey(v => v.SupersededById).OnDelete(DeleteBehavior.Restrict);
        vote.Property(v => v.Verdict)
            .HasConversion(verdict => JsonText.Write(verdict), text => text == null ? null : JsonText.Read<Verdict>(text));
    }
}
