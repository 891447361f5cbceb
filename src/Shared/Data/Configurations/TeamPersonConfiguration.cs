using Labeler.Shared.Accounts;
using Labeler.Shared.Members.Teams;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class TeamPersonConfiguration : IEntityTypeConfiguration<TeamPerson>
{
    public void Configure(EntityTypeBuilder<TeamPerson> person)
    {
        person.HasKey(p => new { p.TeamId, p.AccountId });
        person.HasIndex(p => p.AccountId);
        person.HasOne<Team>().WithMany().HasForeignKey(p => p.TeamId);
        person.HasOne<Account>().WithMany().HasForeignKey(p => p.AccountId);
    }
}
