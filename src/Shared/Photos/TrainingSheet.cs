namespace Labeler.Shared.Photos;

/// <summary>Pictures that a fine-tuning made on its way, together on one sheet.</summary>
public sealed class TrainingSheet
{
    private TrainingSheet() { }

    public TrainingSheet(long jobId, string label, int step, SheetSeeds seeds, string contentHash)
    {
        JobId = jobId;
        Label = label;
        Step = step;
        Seeds = seeds;
        ContentHash = contentHash;
    }

    public long Id { get; private set; }
    public long JobId { get; private set; }
    public string Label { get; private set; } = "";
    public int Step { get; private set; }
    public SheetSeeds Seeds { get; private set; }
    public string ContentHash { get; private set; } = "";
}

/// <summary>The numbers are stored.</summary>
public enum SheetSeeds
{
    /// <summary>The same noise at every step, so that one picture can be followed.</summary>
    Fixed = 0,

    /// <summary>Noise of their own, which no training can learn by heart.</summary>
    Random = 1,
}
