namespace Labeler.Shared.Scoring;

/// <summary>What a reward says of a picture. A picture never changes and neither does a reward, so it is asked once.</summary>
public sealed class ImageScore
{
    private ImageScore() { }

    public ImageScore(long rewardId, long imageId, double? value) => (RewardId, ImageId, Value) = (rewardId, imageId, value);

    public long RewardId { get; private set; }
    public long ImageId { get; private set; }

    /// <summary>Null where the reward has been asked and gives this picture no number.</summary>
    public double? Value { get; private set; }
}
