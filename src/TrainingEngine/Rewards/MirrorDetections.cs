namespace Labeler.TrainingEngine.Rewards;

/// <summary>The mirror reward of what a detector finds.</summary>
/// <param name="detector">Is disposed of with the reward.</param>
/// <param name="thresholds">The published ones where none are given.</param>
public sealed class MirrorDetections(IDetector detector, MirrorThresholds? thresholds = null) : IReward
{
    /// <inheritdoc />
    public string Name => "mirror reward, 0 to 4.5";

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop) =>
        [.. images.Select(image =>
    {
        stop.ThrowIfCancellationRequested();
        return detector.Find(image, report) is { } found ? MirrorReward.Of(found, thresholds) : double.NaN;
    })];

    public void Dispose() => detector.Dispose();
}
