using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class PracticeAnswerConfiguration : IEntityTypeConfiguration<PracticeAnswer>
{
    public void Configure(EntityTypeBuilder<PracticeAnswer> answer)
    {
        answer.HasIndex(a => a.Key).IsUnique();
        answer.HasIndex(a => new { a.ProjectId, a.AnnotatorId, a.Attempt, a.ItemId }).IsUnique();
        answer.HasIndex(a => new { a.AnnotatorId, a.GroupId });
        answer.HasOne(a => a.Item).WithMany().HasForeignKey(a => a.ItemId).OnDelete(DeleteBehavior.Restrict);
        answer.Property(a => a.Verdict)
            .HasConversion(verdict => JsonText.Write(verdict), text => text == null ? null : JsonText.Read<Verdict>(text));
    }
}
