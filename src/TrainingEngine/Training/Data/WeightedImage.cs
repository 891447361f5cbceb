namespace Labeler.TrainingEngine.Training.Data;

/// <summary>An image of an epoch and how much it counts: an advantage, or a weight of its loss.</summary>
/// <param name="Group">Index of its group in the list of trajectories.</param>
/// <param name="Image">Index inside the group.</param>
public sealed record WeightedImage(int Group, int Image, double Weight);
