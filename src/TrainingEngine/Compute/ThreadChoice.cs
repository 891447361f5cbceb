namespace Labeler.TrainingEngine.Compute;

/// <summary>How micro-batches share the processor's cores.</summary>
/// <param name="Workers">Micro-batches at once.</param>
/// <param name="Threads">libtorch's threads inside each; they decide the last bits of sums.</param>
public readonly record struct ThreadChoice(int Workers, int Threads)
{
    /// <summary>A small model computes a micro-batch on each core, a large one each on all cores. The choice follows from model and machine
    /// alone, never from a measurement, so that training again on the same machine gives the same bits.</summary>
    /// <param name="small">See <see cref="Models.StableDiffusion.IsSmall"/>.</param>
    /// <param name="cores">Of the processor; 1 where another device computes.</param>
    public static ThreadChoice For(bool small, int cores) => small ? new(cores, 1) : new(1, cores);

    public override string ToString() => $"{Workers} × {Threads}";
}
