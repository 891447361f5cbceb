using Labeler.TrainingEngine.Compute;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>What random numbers are drawn for; each has streams of its own.</summary>
public enum Stream : ulong { Vae = 1, Latents = 2, Unet = 3, Sheet = 4 }

/// <summary>
/// Seeds made from a run's seed, a purpose and a number. With no generator that runs on from step to step, a resumed
/// run needs nothing but its step's number to go on as if it had never stopped.
/// </summary>
public static class Streams
{
    /// <summary>SplitMix64 over the three.</summary>
    public static ulong Seed(long seed, Stream purpose, long number)
    {
        var state = (ulong)seed;
        foreach (var value in new[] { (ulong)purpose, (ulong)number })
        {
            state = SplitMix64.Mix(state + value + SplitMix64.Increment);
        }
        return state >> 1;
    }
}
