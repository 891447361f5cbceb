namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>What goes into a reward network.</summary>
/// <param name="Prompt">Numbers that tell of a prompt: features of its text, or one for each prompt that is known.</param>
/// <param name="IsText">Whether these are features of texts.</param>
/// <param name="Tower">Features of an image tower; null where the network looks at images itself.</param>
internal sealed record RewardShape(long Prompt, bool IsText = false, long? Tower = null);
