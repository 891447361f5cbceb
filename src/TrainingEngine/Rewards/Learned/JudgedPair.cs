namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>A judged pair of images.</summary>
/// <param name="Group">Pairs of one group are learned from or held out together: their images are too alike.</param>
/// <param name="Prompt">Of both.</param>
/// <param name="Winner">Place of the better image among the images.</param>
/// <param name="Loser">Place of the worse one.</param>
/// <param name="Weight">How sure people were.</param>
public sealed record JudgedPair(int Group, string Prompt, int Winner, int Loser, double Weight = 1);
