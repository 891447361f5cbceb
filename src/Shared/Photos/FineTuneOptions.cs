using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Photos;

/// <summary>Supervised fine-tuning on curated photos. The defaults are the mirror report's: for a real checkpoint; a small model learns
/// from far fewer steps at a higher rate.</summary>
public sealed record FineTuneOptions
{
    [Display(Name = "Steps", Description = "Optimizer steps for each label."), Range(1, 1_000_000)]
    public int Steps { get; init; } = 4000;

    [Display(Name = "Learning rate", Description = "Of AdamW."), Range(1e-10, 0.1)]
    public double LearningRate { get; init; } = 1e-7;

    [Display(Name = "Warm-up steps", Description = "Steps over which the learning rate rises from 0."), Range(0, 1_000_000)]
    public int WarmUpSteps { get; init; } = 400;

    [Display(Name = "Adapter rank", Description = "Inner width of the LoRA adapter."), Range(1, 256)]
    public int Rank { get; init; } = 8;

    [Display(Name = "Photos per step", Description = "Photos whose gradients are accumulated for one step."), Range(1, 4096)]
    public int ImagesPerStep { get; init; } = 8;

    [Display(Name = "Evaluate every", Description = "Steps between two sheets of pictures; 0 makes none."), Range(0, 1_000_000)]
    public int EvaluateEvery { get; init; } = 500;

    [Display(Name = "Pictures per sheet", Description = "With fixed seeds, and as many with seeds of their own."), Range(1, 64)]
    public int EvaluationImages { get; init; } = 8;

    [Display(Name = "Seed", Description = "Of every order and draw."), Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <exception cref="LabelerException">A value is out of its range.</exception>
    public void Validate()
    {
        if (SettingsRules.RangeFaults(this).ToList() is { Count: > 0 } faults)
        {
            throw new LabelerException(string.Join(" ", faults));
        }
    }
}

/// <summary>A photo to learn from.</summary>
public sealed record TaughtPhoto(string ContentHash, string Caption, string Label);

/// <summary>Exactly what a fine-tuning learns from, kept in the file store as JSON; its hash names it.</summary>
public sealed record FineTuneManifest(FineTuneOptions Options, IReadOnlyList<TaughtPhoto> Photos);

/// <summary>A fine-tuning job's payload.</summary>
/// <param name="Manifest">Content hash.</param>
/// <param name="Labels">One adapter for each, in this order.</param>
public sealed record FineTuneOrder(string Manifest, IReadOnlyList<string> Labels);
