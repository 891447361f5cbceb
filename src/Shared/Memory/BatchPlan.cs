namespace Labeler.Shared.Memory;

/// <summary>How many images go through a denoiser at once in training, and whether their activations are kept.</summary>
public readonly record struct BatchPlan(int ImagesAtOnce, bool Recompute)
{
    // Larger batches gain nothing on a processor, and 16 rows are what libtorch's fast convolutions start from.
    private const int MostRows = 28;

    // The rest is for weights, optimizer, the web application and others.
    private const int ShareForActivations = 3;

    /// <summary>Chooses by the model's size and the machine's memory. What is free at the moment does not count: the choice decides
    /// the last bits, and training again on the same machine gives the same ones.</summary>
    /// <param name="numbers">See <see cref="DenoiserShape.PlannedOf"/>.</param>
    /// <param name="rowsPerImage">2 under guidance, else 1.</param>
    /// <param name="elementSize">Bytes of a number.</param>
    /// <param name="memory">Of the machine, or of the container that it is shared by, in bytes.</param>
    public static BatchPlan Choose(long numbers, int rowsPerImage, long elementSize, long memory)
    {
        var perImage = numbers * (double)elementSize * rowsPerImage;
        var fitting = memory / ShareForActivations / perImage;
        return fitting >= 1 ? new((int)Math.Clamp(fitting, 1, Math.Max(1, MostRows / rowsPerImage)), false) : new(1, true);
    }
}
