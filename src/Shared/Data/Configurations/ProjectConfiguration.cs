using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class ProjectConfiguration : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> project)
    {
        project.HasIndex(p => p.Slug).IsUnique();
        project.Property(p => p.Settings).HasJson();
        // Projects of earlier versions stay everybody's.
        project.Property(p => p.IsOpenToAll).HasDefaultValue(true).HasSentinel(true);
    }
}
