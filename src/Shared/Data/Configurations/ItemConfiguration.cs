using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Labeler.Shared.Data.Configurations;

internal sealed class ItemConfiguration : IEntityTypeConfiguration<Item>
{
    public void Configure(EntityTypeBuilder<Item> item)
    {
        item.HasIndex(i => new { i.ProjectId, i.State, i.EpochId, i.Rank });
        item.HasIndex(i => i.EpochId);
        item.HasOne<Epoch>().WithMany().HasForeignKey(i => i.EpochId).OnDelete(DeleteBehavior.Restrict);
        item.HasOne(i => i.Group).WithMany().HasForeignKey(i => i.GroupId).OnDelete(DeleteBehavior.Restrict);
        item.HasOne(i => i.First).WithMany().HasForeignKey(i => i.FirstId).OnDelete(DeleteBehavior.Restrict);
        item.HasOne(i => i.Second).WithMany().HasForeignKey(i => i.SecondId).OnDelete(DeleteBehavior.Restrict);
        item.Property(i => i.Gold).HasConversion(gold => JsonText.Write(gold), text => text == null ? null : JsonText.Read<Verdict>(text));
    }
}
