using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>What a reward model may lean on besides the pairs. Both are frozen.</summary>
/// <param name="Texts">The model whose text encoder tells of prompts; null where prompts are only told apart.</param>
/// <param name="Model">Under which name that is found again.</param>
/// <param name="Tower">TorchScript file of an <see cref="ImageTower"/>; null for a small network of its own.</param>
public sealed record RewardInputs(StableDiffusion? Texts = null, string Model = "", string? Tower = null)
{
    /// <summary>Pairs alone: it knows the prompts that it has learned about, and no others.</summary>
    public static RewardInputs None { get; } = new();
}
