using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Data.Configurations;

/// <summary>How the database keeps photos and what was learned from them, where Entity Framework's conventions do not say it.</summary>
internal static class PhotoTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Photo>(photo =>
        {
            photo.HasIndex(p => new { p.ProjectId, p.ContentHash }).IsUnique();
            photo.HasIndex(p => p.JobId);
            photo.HasOne<Project>().WithMany().HasForeignKey(p => p.ProjectId).OnDelete(DeleteBehavior.Restrict);
            photo.HasOne<Job>().WithMany().HasForeignKey(p => p.JobId).OnDelete(DeleteBehavior.Restrict);
            photo.HasOne(p => p.Image).WithMany().HasForeignKey(p => p.ImageId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<SkippedFile>(file =>
        {
            file.HasIndex(f => new { f.JobId, f.Name }).IsUnique();
            file.HasOne<Job>().WithMany().HasForeignKey(f => f.JobId);
        });
        model.Entity<TrainingSheet>(sheet =>
        {
            sheet.HasIndex(s => new { s.JobId, s.Label, s.Step, s.Seeds }).IsUnique();
            sheet.HasOne<Job>().WithMany().HasForeignKey(s => s.JobId);
        });
    }
}
