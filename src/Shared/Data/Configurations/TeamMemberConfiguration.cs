using Labeler.Shared.Members.Teams;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class TeamMemberConfiguration : IEntityTypeConfiguration<TeamMember>
{
    public void Configure(EntityTypeBuilder<TeamMember> member)
    {
        member.HasKey(m => new { m.ProjectId, m.TeamId });
        member.HasIndex(m => m.TeamId);
        member.HasOne<Project>().WithMany().HasForeignKey(m => m.ProjectId);
        member.HasOne<Team>().WithMany().HasForeignKey(m => m.TeamId);
    }
}
