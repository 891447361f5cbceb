using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>Settings of a reward model's training.</summary>
public sealed record RewardModelOptions : UpdateOptions
{
    public RewardModelOptions() => (LearningRate, WeightDecay) = (1e-3, 1e-2);

    [Description("share of the groups that are held out to measure accuracy"), Range(0.01, 0.9)]
    public double HeldOutShare { get; init; } = 0.2;

    [Description("parts into which prompts are divided, each held out in turn to measure new prompts"), Range(2, 100)]
    public int PromptFolds { get; init; } = 3;

    [Description("whether growing parts of the pairs are learned from, too, to see how much more would help")]
    public bool Curve { get; init; } = true;

    [Description("passes over the pairs"), Range(1, 10_000)]
    public int InnerEpochs { get; init; } = 20;

    [Description("pairs whose gradients make one optimizer step"), Range(1, 100_000)]
    public int PairsPerStep { get; init; } = 32;
}
