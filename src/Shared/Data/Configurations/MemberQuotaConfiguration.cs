using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class MemberQuotaConfiguration : IEntityTypeConfiguration<MemberQuota>
{
    public void Configure(EntityTypeBuilder<MemberQuota> quota)
    {
        quota.HasKey(q => new { q.ProjectId, q.AccountId });
        quota.HasIndex(q => q.AccountId);
        quota.HasOne<Project>().WithMany().HasForeignKey(q => q.ProjectId);
        quota.HasOne<Account>().WithMany().HasForeignKey(q => q.AccountId);
    }
}
