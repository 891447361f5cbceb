using Labeler.Shared.Members.Teams;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class TeamConfiguration : IEntityTypeConfiguration<Team>
{
    public void Configure(EntityTypeBuilder<Team> team) => team.HasIndex(t => t.NormalizedName).IsUnique();
}
