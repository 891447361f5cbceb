using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data.Servers;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Members;
using Labeler.Shared.Members.Teams;
using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.Shared.Retention;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Rewards;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Shared.Voting;
using Labeler.Shared.Webhooks;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Labeler.Shared.Data;

/// <summary>The database: SQLite in the data folder, or PostgreSQL. One context per operation, from IDbContextFactory.</summary>
public abstract class LabelerDb(DbContextOptions options) : IdentityDbContext<Account, IdentityRole<Guid>, Guid>(options),
    IDataProtectionKeyContext
{
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();
    public DbSet<AnsweredRequest> AnsweredRequests => Set<AnsweredRequest>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<Member> Members => Set<Member>();
    public DbSet<Team> Teams => Set<Team>();
    public DbSet<TeamPerson> TeamPeople => Set<TeamPerson>();
    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();
    public DbSet<MemberQuota> MemberQuotas => Set<MemberQuota>();
    public DbSet<AssignedPrompt> AssignedPrompts => Set<AssignedPrompt>();
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

    /// <summary>Jobs that are no share of another.</summary>
    public IQueryable<Job> WholeJobs => Jobs.Where(job => job.ParentId == null);
    public DbSet<JobMetric> JobMetrics => Set<JobMetric>();
    public DbSet<JobLine> JobLines => Set<JobLine>();
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();
    public DbSet<Photo> Photos => Set<Photo>();
    public DbSet<SkippedFile> SkippedFiles => Set<SkippedFile>();
    public DbSet<TrainingSheet> TrainingSheets => Set<TrainingSheet>();
    public DbSet<Evaluation> Evaluations => Set<Evaluation>();
    public DbSet<LearnedReward> LearnedRewards => Set<LearnedReward>();
    public DbSet<Reward> Rewards => Set<Reward>();
    public DbSet<ImageScore> ImageScores => Set<ImageScore>();
    public DbSet<EpochFigure> EpochFigures => Set<EpochFigure>();
    public DbSet<RewardRun> RewardRuns => Set<RewardRun>();
    public DbSet<Webhook> Webhooks => Set<Webhook>();
    public DbSet<Delivery> Deliveries => Set<Delivery>();
    public DbSet<RetentionPolicy> RetentionPolicies => Set<RetentionPolicy>();
    public DbSet<CheckpointVote> CheckpointVotes => Set<CheckpointVote>();

    /// <summary>What cookies, form tokens and secrets are protected with, the same for every process of an installation.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();
    public DbSet<Counter> Counters => Set<Counter>();
    public DbSet<Duty> Duties => Set<Duty>();

    /// <summary>The project at an address, to be read; none where it is not there or was deleted.</summary>
    public IQueryable<Project> ProjectAt(string slug) =>
        Projects.AsNoTracking().Where(project => project.Slug == slug && project.DeletedAt == null);

    /// <summary>Content hash of the manifest that a learned reward was trained on.</summary>
    public Task<string> ManifestOfReward(long id, CancellationToken cancel) =>
        LearnedRewards.Where(reward => reward.Id == id).Select(reward => reward.ManifestHash).FirstAsync(cancel);

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        // What is told takes a transaction, which has one way to be made.
        return SaveChangesAsync(acceptAllChangesOnSuccess).GetAwaiter().GetResult();
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var changes = ChangeRecorder.Current is null ? [] : ChangeRecorder.Look(ChangeTracker);
        var (told, revised) = (Outbox.Take(ChangeTracker), EpochRevisions.Of(ChangeTracker));
        var written = told.Count > 0 || revised.Count > 0
            ? await WriteAndTell(told, revised, cancellationToken)
            : await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        ChangeRecorder.Current?.Keep(changes);
        return written;
    }

    // What happened and what is sent of it are written together or not at all.
    private async Task<int> WriteAndTell(
        IReadOnlyList<Announcement> told, IReadOnlyList<EpochRevision> revised, CancellationToken cancel)
    {
        await using var own = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancel) : null;
        await EpochRevisions.Hold(this, revised, cancel);
        var written = await base.SaveChangesAsync(true, cancel);
        await EpochRevisions.Count(this, revised, cancel);
        if (told.Count > 0)
        {
            await Outbox.Put(this, told, cancel);
            await base.SaveChangesAsync(true, cancel);
        }
        if (own is not null)
        {
            await own.CommitAsync(cancel);
        }
        return written;
    }

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
