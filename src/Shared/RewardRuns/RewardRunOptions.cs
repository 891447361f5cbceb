using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Projects;

namespace Labeler.Shared.RewardRuns;

/// <summary>How a project trains on a reward by itself, and when it stops.</summary>
public sealed record RewardRunOptions
{
    [Display(Name = "Epochs", Description = "The run ends when so many have been trained."), Range(1, 1000)]
    public int Epochs { get; init; } = 5;

    [Display(Name = "Weight of the reward", Description = "Of its pairs, and of its scores in what an image is worth."),
        Range(0.001, 1000.0)]
    public double RewardWeight { get; init; } = 1;

    [Display(Name = "Weight of the votes",
        Description = "0: people may vote, but the reward alone teaches. Above 0 scores are measured in standard deviations of the epoch, "
            + "so that both count alike."), Range(0.0, 1000.0)]
    public double VotesWeight { get; init; }

    [Display(Name = "Stop at a mean of",
        Description = "Of the evaluation pictures on the prompts trained on; empty for no such rule.")]
    public double? Target { get; init; }

    [Display(Name = "Stop when over-optimized",
        Description = "When the mean on held-out prompts has fallen below its best while that on the trained ones has grown.")]
    public bool StopWhenOverOptimized { get; init; } = true;

    [Display(Name = "Stop below a diversity of",
        Description = "Percent of what the pictures of the run's first epoch had; empty for no such rule."), Range(1.0, 100.0)]
    public double? LeastDiversity { get; init; } = 50;

    [Display(Name = "Most pictures", Description = "The run ends before it has learned from more; empty for no such rule."),
        Range(1, 100_000_000)]
    public int? MostImages { get; init; }

    /// <summary>Everything that is wrong, one clear line each.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. SettingsRules.RangeFaults(this),
        .. Target is { } target && !double.IsFinite(target) ? ["The mean to stop at is a number."] : Array.Empty<string>(),
    ];
}
