using Labeler.Shared.Samples;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class SampleImageConfiguration : IEntityTypeConfiguration<SampleImage>
{
    public void Configure(EntityTypeBuilder<SampleImage> image)
    {
        image.ToTable("Images");
        image.HasIndex(i => new { i.GroupId, i.Index }).IsUnique();
        image.HasIndex(i => i.ContentHash);
        image.HasOne<Group>().WithMany(g => g.Images).HasForeignKey(i => i.GroupId);
    }
}
