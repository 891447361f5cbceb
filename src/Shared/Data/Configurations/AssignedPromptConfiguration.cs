using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class AssignedPromptConfiguration : IEntityTypeConfiguration<AssignedPrompt>
{
    public void Configure(EntityTypeBuilder<AssignedPrompt> prompt)
    {
        prompt.HasIndex(p => new { p.ProjectId, p.AccountId });
        prompt.HasIndex(p => p.AccountId);
        prompt.HasOne<Project>().WithMany().HasForeignKey(p => p.ProjectId);
        prompt.HasOne<Account>().WithMany().HasForeignKey(p => p.AccountId);
    }
}
