namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>One of the two ways to compute the same loss's gradients.</summary>
public interface ID3poGradients
{
    /// <summary>Adds the gradients of one optimizer step to the trained weights' sums.</summary>
    /// <returns>What happened at each of its sampling steps.</returns>
    IReadOnlyDictionary<int, TimestepStatistics> Add(PlannedStep step, EpochData data, CancellationToken cancellation);
}
