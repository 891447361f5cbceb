using Labeler.Shared.Accounts;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class MemberConfiguration : IEntityTypeConfiguration<Member>
{
    public void Configure(EntityTypeBuilder<Member> member)
    {
        member.HasKey(m => new { m.ProjectId, m.AccountId });
        member.HasIndex(m => m.AccountId);
        member.HasOne<Project>().WithMany().HasForeignKey(m => m.ProjectId);
        member.HasOne<Account>().WithMany().HasForeignKey(m => m.AccountId);
    }
}
