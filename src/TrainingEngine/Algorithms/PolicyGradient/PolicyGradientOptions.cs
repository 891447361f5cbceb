using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>What an image's reward is compared with to give its advantage.</summary>
public enum Baseline
{
    /// <summary>The running mean and deviation of its prompt (DDPO).</summary>
    Prompt,

    /// <summary>The mean and deviation of all images at once.</summary>
    Batch,

    /// <summary>The mean and deviation of its group (GRPO).</summary>
    Group,

    /// <summary>The reward of the image that its starting noise gives without further noise (ReMax, arXiv 2310.10505): the plain
    /// difference, in the reward's unit.</summary>
    Greedy,
}

/// <summary>Settings of the policy gradients. Clip, largest advantage and the prompts' statistics are by default DDPO's; how many images
/// make a step is ours.</summary>
public abstract record PolicyGradientOptions : StepwiseOptions
{
    [Description("what a reward is compared with: prompt (DDPO's running statistics), batch, group (GRPO) or greedy (ReMax)")]
    public Baseline Baseline { get; init; } = Baseline.Prompt;

    [Description("rewards of a prompt that its running statistics remember, over all epochs"), Range(1, 1_000_000)]
    public int StatisticsBuffer { get; init; } = 16;

    [Description("rewards that a prompt needs for statistics of its own; with fewer the batch's are taken"), Range(1, 1_000_000)]
    public int StatisticsMinimum { get; init; } = 16;

    [Description("half-width of the band of ratios"), Range(1e-9, 10.0)]
    public double Clip { get; init; } = 1e-4;

    [Description("advantages beyond ± this are cut down to it"), Range(1e-6, 1e6)]
    public double LargestAdvantage { get; init; } = 5;

    [Description("images whose gradients make one optimizer step; 0 all"), Range(0, 1_000_000)]
    public int ImagesPerStep { get; init; } = 32;

    [Description("timesteps whose gradients make one optimizer step; 0 all"), Range(0, 1000)]
    public int TimestepsPerStep { get; init; }
}
