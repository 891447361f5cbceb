using Labeler.TrainingEngine.Diffusion;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>Orders and seeds of learning by denoising, functions of the run's seed and the pass alone.</summary>
internal static class NoisePlan
{
    private const ulong Stream = 0x6E6F697365; // "noise": no sampling draws from it

    /// <summary>0 … <paramref name="count"/> − 1 in a pass's order.</summary>
    public static int[] Order(int count, int seed, int pass)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(unchecked((seed * 1_000_003) + pass)).Shuffle(order);
        return order;
    }

    /// <summary>Seed of the timestep and noise of an item in a pass.</summary>
    public static ulong SeedOf(int seed, int pass, int item) => Seeds.At((ulong)(uint)seed, Stream, (ulong)pass, (ulong)item);

    /// <summary>Parts of about equal size and at most <paramref name="most"/> items.</summary>
    public static T[][] Cut<T>(IReadOnlyCollection<T> items, int most)
    {
        var parts = (items.Count + most - 1) / most;
        return [.. items.Chunk((items.Count + parts - 1) / parts)];
    }
}
