using Labeler.Shared.Epochs;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Data.Configurations;

/// <summary>How the database keeps what people are asked and say, where Entity Framework's conventions do not say it.</summary>
internal static class VotingTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Item>(item =>
        {
            item.HasIndex(i => new { i.ProjectId, i.State, i.EpochId, i.Rank });
            item.HasIndex(i => i.EpochId);
            item.HasOne<Epoch>().WithMany().HasForeignKey(i => i.EpochId).OnDelete(DeleteBehavior.Restrict);
            item.HasOne(i => i.Group).WithMany().HasForeignKey(i => i.GroupId).OnDelete(DeleteBehavior.Restrict);
            item.HasOne(i => i.First).WithMany().HasForeignKey(i => i.FirstId).OnDelete(DeleteBehavior.Restrict);
            item.HasOne(i => i.Second).WithMany().HasForeignKey(i => i.SecondId).OnDelete(DeleteBehavior.Restrict);
            item.Property(i => i.Gold)
                .HasConversion(gold => JsonText.Write(gold), text => text == null ? null : JsonText.Read<Verdict>(text));
        });
        model.Entity<Lease>(lease =>
        {
            lease.HasIndex(l => new { l.ItemId, l.AnnotatorId }).IsUnique();
            lease.HasIndex(l => new { l.AnnotatorId, l.DoneAt });
            lease.HasOne(l => l.Item).WithMany().HasForeignKey(l => l.ItemId);
        });
        model.Entity<Vote>(vote =>
        {
            vote.HasIndex(v => v.Key).IsUnique();
            vote.HasIndex(v => new { v.EpochId, v.Kind });
            vote.HasIndex(v => new { v.AnnotatorId, v.Id });
            vote.HasIndex(v => new { v.ProjectId, v.At });
            // One effective vote per item and person, whatever is sent.
            vote.HasIndex(v => new { v.ItemId, v.AnnotatorId }).IsUnique().HasFilter("\"Kind\" < 2 AND \"SupersededById\" IS NULL");
            vote.HasOne(v => v.Item).WithMany().HasForeignKey(v => v.ItemId).OnDelete(DeleteBehavior.Restrict);
            vote.HasOne(v => v.SupersededBy).WithMany().HasForeignKey(v => v.SupersededById).OnDelete(DeleteBehavior.Restrict);
            vote.Property(v => v.Verdict)
                .HasConversion(verdict => JsonText.Write(verdict), text => text == null ? null : JsonText.Read<Verdict>(text));
        });
    }
}
