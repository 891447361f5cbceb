using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;

namespace Labeler.Shared.Data.Configurations;

/// <summary>How the database keeps projects and the pictures that were made for them, where Entity Framework's conventions do not say
/// it.</summary>
internal static class ProjectTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Project>(project =>
        {
            project.HasIndex(p => p.Slug).IsUnique();
            project.Property(p => p.Settings).HasJson();
        });
        model.Entity<Prompt>(prompt => prompt.HasOne<Project>().WithMany(p => p.Prompts).HasForeignKey(p => p.ProjectId));
        model.Entity<Group>(group =>
        {
            group.HasIndex(g => new { g.EpochId, g.Use, g.Number }).IsUnique();
            group.HasOne<Epoch>().WithMany().HasForeignKey(g => g.EpochId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<SampleImage>(image =>
        {
            image.ToTable("Images");
            image.HasIndex(i => new { i.GroupId, i.Index }).IsUnique();
            image.HasIndex(i => i.ContentHash);
            image.HasOne<Group>().WithMany(g => g.Images).HasForeignKey(i => i.GroupId);
        });
        model.Entity<Evaluation>(evaluation =>
        {
            evaluation.HasIndex(e => e.ProjectId).IsUnique();
            evaluation.HasOne<Project>().WithMany().HasForeignKey(e => e.ProjectId).OnDelete(DeleteBehavior.Restrict);
            evaluation.Property(e => e.Plan).HasJson();
        });
    }
}
