using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Retention;

/// <summary>For how long things are kept that nothing needs any more; null for ever. Kept as JSON.</summary>
public sealed record RetentionSettings
{
    [Display(Name = "Trajectories, days",
        Description = "After their epoch was trained, rolled back or cancelled. Training reads those of its own epoch alone; pictures, "
            + "votes and figures stay."), Range(1, 3650)]
    public int? TrajectoryDays { get; init; }

    [Display(Name = "Optimizer states, days",
        Description = "After their checkpoint was made. The newest of each project stays, and that of a checkpoint that samples an epoch "
            + "under way. Whoever goes back to another begins with fresh moments."), Range(1, 3650)]
    public int? OptimizerDays { get; init; }

    [Display(Name = "Weights of rolled back checkpoints, days",
        Description = "After they were rolled back. What a standing checkpoint comes from stays, and what an evaluation compares. Nobody "
            + "can go back to what was removed; its line stays."), Range(1, 3650)]
    public int? CheckpointDays { get; init; }

    [Display(Name = "Pictures as browsers got them, days",
        Description = "After they were made. They are made again when somebody looks."), Range(1, 3650)]
    public int? ThumbnailDays { get; init; }

    [Display(Name = "Votes of people who withdrew, days",
        Description = "After they withdrew. Votes that a checkpoint or a reward learned from stay, as its line leads to them."),
        Range(1, 3650)]
    public int? VoteDays { get; init; }

    [Display(Name = "Every day", Description = "Remove by itself, once a day, what these rules name.")]
    public bool ByItself { get; init; }

    /// <summary>Everything that is wrong, one clear line each.</summary>
    public IReadOnlyList<string> Faults() => [.. SettingsRules.RangeFaults(this)];
}

/// <summary>The one row that says what is removed.</summary>
public sealed class RetentionPolicy
{
    public const long OnlyId = 1;

    private RetentionPolicy() { }

    internal RetentionPolicy(RetentionSettings settings) => (Id, Settings) = (OnlyId, settings);

    public long Id { get; private set; }
    public RetentionSettings Settings { get; private set; } = new();

    /// <summary>When something was last removed by it.</summary>
    public DateTimeOffset? AppliedAt { get; private set; }

    /// <summary>What is set; nothing is removed before somebody said so.</summary>
    public static async Task<RetentionPolicy> Read(LabelerDb db, CancellationToken cancel = default) =>
        await db.RetentionPolicies.FirstOrDefaultAsync(policy => policy.Id == OnlyId, cancel) ?? new RetentionPolicy(new());

    /// <summary>Adds or changes it; the caller saves.</summary>
    public static async Task Set(LabelerDb db, RetentionSettings settings, CancellationToken cancel = default)
    {
        var policy = await Read(db, cancel);
        policy.Settings = settings;
        if (db.Entry(policy).State == EntityState.Detached)
        {
            db.RetentionPolicies.Add(policy);
        }
    }

    internal void Apply(DateTimeOffset now) => AppliedAt = now;
}
