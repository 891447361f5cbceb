namespace Labeler.TrainingEngine.Rewards;

/// <summary>People's verdicts as rewards: whatever number an image was given, averaged over people. It looks at no picture.</summary>
/// <param name="verdicts">By group and image; NaN where nobody judged.</param>
public sealed class VerdictReward(IReadOnlyList<double[]> verdicts) : IReward
{
    /// <inheritdoc />
    public string Name => "mean verdict";

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop) =>
        [.. images.Select(image =>
        image.Group < verdicts.Count && image.Image < verdicts[image.Group].Length
            ? verdicts[image.Group][image.Image]
            : throw new EngineException($"there is no verdict on image {image.Image} of group {image.Group}"))];

    public void Dispose()
    {
    }
}
