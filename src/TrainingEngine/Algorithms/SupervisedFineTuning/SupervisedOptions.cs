using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.TrainingEngine.Algorithms.Denoising;

namespace Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;

/// <summary>Settings of supervised fine-tuning on a set of images. The defaults are the mirror report's (2 images × 4
/// accumulated).</summary>
public sealed record SupervisedOptions : DenoisingOptions
{
    /// <summary>Inner width of a new adapter.</summary>
    public const int AdapterRank = 8;

    public SupervisedOptions() => (LearningRate, WarmUpSteps, ImagesPerStep) = (1e-7, 400, 8);

    [Description("optimizer steps in all"), Range(1, 10_000_000)]
    public int Steps { get; init; } = 4000;

    [Description("optimizer steps between two evaluations; 0 evaluates never"), Range(0, 10_000_000)]
    public int EvaluateEvery { get; init; } = 500;

    [Description("images of an evaluation with fixed seeds, and as many with seeds of their own; 0 keeps the adapter alone"),
        Range(0, 10_000)]
    public int EvaluationImages { get; init; } = 8;

    /// <inheritdoc />
    public override int StepsFor(int items) => Steps;
}

/// <summary>Settings of supervised fine-tuning on the sampled images that were preferred.</summary>
public sealed record PreferredOptions : PassOptions;
