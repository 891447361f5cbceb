using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class PromptConfiguration : IEntityTypeConfiguration<Prompt>
{
    public void Configure(EntityTypeBuilder<Prompt> prompt) =>
        prompt.HasOne<Project>().WithMany(p => p.Prompts).HasForeignKey(p => p.ProjectId);
}
