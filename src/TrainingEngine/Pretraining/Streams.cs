namespace Labeler.TrainingEngine.Pretraining;

/// <summary>What random numbers are drawn for; each has streams of its own.</summary>
public enum Stream : ulong { Vae = 1, Latents = 2, Unet = 3, Sheet = 4 }

/// <summary>
/// Seeds made from a run's seed, a purpose and a number. With no generator that runs on from step to step, a resumed
/// run needs nothing but its step's number to go on as if it had never stopped.
/// </summary>
public static class Streams
{
    /// <summary>SplitMix64 (Steele, Lea and Flood 2014) over the three.</summary>
    public static ulong Seed(long seed, Stream purpose, long number)
    {
        var state = (ulong)seed;
        foreach (var value in new[] { (ulong)purpose, (ulong)number })
        {
            state += value + 0x9E3779B97F4A7C15;
            state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
            state ^= state >> 31;
        }
        return state >> 1;
    }
}
