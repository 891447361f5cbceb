namespace Labeler.Shared.Scoring;

/// <summary>Something about an epoch's evaluation pictures together that no single picture has.</summary>
public sealed class EpochFigure
{
    /// <summary>How much the pictures differ from each other; see <see cref="Imaging.Diversity"/>.</summary>
    public const string Diversity = "diversity";

    /// <summary>How far the pictures are from those that the base model makes of the same noise: root mean square of pixels of 0 to 1,
    /// at 32 × 32.</summary>
    public const string Change = "change";

    private EpochFigure() { }

    public EpochFigure(long epochId, string name, bool heldOut, double value) =>
        (EpochId, Name, HeldOut, Value) = (epochId, name, heldOut, value);

    public long EpochId { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>Over the pictures of held-out prompts, not of those trained on.</summary>
    public bool HeldOut { get; private set; }
    public double Value { get; private set; }
}
