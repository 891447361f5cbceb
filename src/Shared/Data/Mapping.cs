using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Lineage;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Data;

/// <summary>How the domain lies in tables. The migrations say the same by hand, and a test holds the two together.</summary>
internal static class Mapping
{
    public static void Accounts(ModelBuilder model)
    {
        model.Entity<Account>(account =>
        {
            account.ToTable("Accounts");
            account.Property(a => a.Keys).HasJson();
            account.Property(a => a.OptOuts).HasJson();
        });
        model.Entity<IdentityRole<Guid>>().ToTable("Roles");
        model.Entity<IdentityUserRole<Guid>>().ToTable("AccountRoles");
        model.Entity<IdentityUserClaim<Guid>>().ToTable("AccountClaims");
        model.Entity<IdentityUserLogin<Guid>>().ToTable("AccountLogins");
        model.Entity<IdentityUserToken<Guid>>().ToTable("AccountTokens");
        model.Entity<IdentityRoleClaim<Guid>>().ToTable("RoleClaims");
        model.Entity<Invitation>().HasIndex(i => i.TokenHash).IsUnique();
    }

    public static void Projects(ModelBuilder model)
    {
        model.Entity<Project>(project =>
        {
            project.HasIndex(p => p.Slug).IsUnique();
            project.Property(p => p.Settings).HasJson();
            project.HasMany(p => p.Prompts).WithOne().HasForeignKey(p => p.ProjectId);
        });
        model.Entity<Epoch>(epoch =>
        {
            epoch.HasIndex(e => new { e.ProjectId, e.Number }).IsUnique();
            epoch.Property(e => e.State).IsConcurrencyToken();
            epoch.HasOne<Project>().WithMany().HasForeignKey(e => e.ProjectId).OnDelete(DeleteBehavior.Restrict);
            epoch.HasOne(e => e.SampledBy).WithMany().HasForeignKey(e => e.SampledById).OnDelete(DeleteBehavior.Restrict);
            epoch.HasOne(e => e.Checkpoint).WithMany().HasForeignKey(e => e.CheckpointId).OnDelete(DeleteBehavior.Restrict);
            epoch.Ignore(e => e.TakesVotes);
        });
        model.Entity<Checkpoint>(checkpoint =>
        {
            checkpoint.HasIndex(c => c.ProjectId);
            checkpoint.HasIndex(c => c.EpochId);
        });
        model.Entity<Evaluation>(evaluation =>
        {
            evaluation.HasIndex(e => e.ProjectId).IsUnique();
            evaluation.HasOne<Project>().WithMany().HasForeignKey(e => e.ProjectId).OnDelete(DeleteBehavior.Restrict);
            evaluation.Property(e => e.Plan).HasJson();
        });
        model.Entity<LearnedReward>(reward =>
        {
            reward.HasIndex(r => r.JobId).IsUnique();
            reward.HasOne<Project>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Restrict);
            reward.HasOne<Job>().WithMany().HasForeignKey(r => r.JobId).OnDelete(DeleteBehavior.Restrict);
            reward.Ignore(r => r.Accuracy);
            reward.Ignore(r => r.BeatsGuessing);
            reward.Ignore(r => r.Later);
            reward.Ignore(r => r.HasFallenBehind);
        });
        model.Entity<TaughtBy>(taught =>
        {
            taught.ToTable("TaughtBy");
            taught.HasKey(t => new { t.CheckpointId, t.VoteId });
            taught.HasIndex(t => t.VoteId);
            taught.HasOne(t => t.Checkpoint).WithMany().HasForeignKey(t => t.CheckpointId).OnDelete(DeleteBehavior.Restrict);
            taught.HasOne<Vote>().WithMany().HasForeignKey(t => t.VoteId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    public static void Samples(ModelBuilder model)
    {
        model.Entity<Group>(group =>
        {
            group.HasIndex(g => new { g.EpochId, g.Use, g.Number }).IsUnique();
            group.HasOne<Epoch>().WithMany().HasForeignKey(g => g.EpochId).OnDelete(DeleteBehavior.Restrict);
            group.HasMany(g => g.Images).WithOne().HasForeignKey(i => i.GroupId);
        });
        model.Entity<SampleImage>(image =>
        {
            image.ToTable("Images");
            image.HasIndex(i => new { i.GroupId, i.Index }).IsUnique();
            image.HasIndex(i => i.ContentHash);
        });
    }

    public static void Voting(ModelBuilder model)
    {
        model.Entity<Item>(item =>
        {
            item.HasIndex(i => new { i.ProjectId, i.State, i.EpochId, i.Rank });
            item.HasIndex(i => i.EpochId);
            item.HasOne<Epoch>().WithMany().HasForeignKey(i => i.EpochId).OnDelete(DeleteBehavior.Restrict);
            item.HasOne(i => i.Group).WithMany().HasForeignKey(i => i.GroupId).OnDelete(DeleteBehavior.Restrict);
            item.HasOne(i => i.First).WithMany().HasForeignKey(i => i.FirstId).OnDelete(DeleteBehavior.Restrict);
            item.HasOne(i => i.Second).WithMany().HasForeignKey(i => i.SecondId).OnDelete(DeleteBehavior.Restrict);
            item.Property(i => i.Gold).HasConversion(gold => JsonText.Write(gold), text => text == null ? null : JsonText.Read<Verdict>(text));
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
            vote.Property(v => v.Verdict).HasConversion(verdict => JsonText.Write(verdict), text => text == null ? null : JsonText.Read<Verdict>(text));
        });
    }

    public static void Photos(ModelBuilder model)
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

    public static void Jobs(ModelBuilder model)
    {
        model.Entity<Job>(job =>
        {
            job.HasIndex(j => new { j.State, j.Priority });
            job.HasIndex(j => j.EpochId);
            job.Ignore(j => j.IsOver);
        });
        model.Entity<JobMetric>(metric =>
        {
            metric.HasKey(m => new { m.JobId, m.Step, m.Name });
            metric.HasOne<Job>().WithMany().HasForeignKey(m => m.JobId);
        });
        model.Entity<JobLine>(line =>
        {
            line.HasIndex(l => new { l.JobId, l.Id });
            line.HasOne<Job>().WithMany().HasForeignKey(l => l.JobId);
        });
    }
}
