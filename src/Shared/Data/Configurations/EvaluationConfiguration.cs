using Labeler.Shared.Evaluations;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class EvaluationConfiguration : IEntityTypeConfiguration<Evaluation>
{
    public void Configure(EntityTypeBuilder<Evaluation> evaluation)
    {
        evaluation.HasIndex(e => e.ProjectId).IsUnique();
        evaluation.HasOne<Project>().WithMany().HasForeignKey(e => e.ProjectId).OnDelete(DeleteBehavior.Restrict);
        evaluation.Property(e => e.Plan).HasJson();
    }
}
