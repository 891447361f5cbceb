using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Labeler.Shared.Data;

/// <summary>The database: SQLite in the data folder, or PostgreSQL. One context per operation, from IDbContextFactory.</summary>
public abstract class LabelerDb(DbContextOptions options) : IdentityDbContext<Account, IdentityRole<Guid>, Guid>(options)
{
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<Prompt> Prompts => Set<Prompt>();
    public DbSet<Epoch> Epochs => Set<Epoch>();
    public DbSet<Group> Groups => Set<Group>();
    public DbSet<SampleImage> Images => Set<SampleImage>();
    public DbSet<Item> Items => Set<Item>();
    public DbSet<Lease> Leases => Set<Lease>();
    public DbSet<Vote> Votes => Set<Vote>();
    public DbSet<Qualification> Qualifications => Set<Qualification>();
    public DbSet<PracticeAnswer> PracticeAnswers => Set<PracticeAnswer>();
    public DbSet<Job> Jobs => Set<Job>();
    public DbSet<JobMetric> JobMetrics => Set<JobMetric>();
    public DbSet<JobLine> JobLines => Set<JobLine>();
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();
    public DbSet<Photo> Photos => Set<Photo>();
    public DbSet<SkippedFile> SkippedFiles => Set<SkippedFile>();
    public DbSet<TrainingSheet> TrainingSheets => Set<TrainingSheet>();
    public DbSet<Evaluation> Evaluations => Set<Evaluation>();
    public DbSet<LearnedReward> LearnedRewards => Set<LearnedReward>();
    public DbSet<CheckpointVote> CheckpointVotes => Set<CheckpointVote>();

    /// <summary>Content hash of the manifest that a learned reward was trained on.</summary>
    public Task<string> ManifestOfReward(long id, CancellationToken cancel) =>
        LearnedRewards.Where(reward => reward.Id == id).Select(reward => reward.ManifestHash).FirstAsync(cancel);

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) =>
        configuration.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.ApplyConfigurationsFromAssembly(typeof(LabelerDb).Assembly);
    }
}

/// <summary>Stores a time as milliseconds since 1970 in UTC: sorts and compares alike in SQLite and PostgreSQL.</summary>
internal sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
    time => time.ToUnixTimeMilliseconds(),
    stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
