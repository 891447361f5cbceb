namespace Labeler.TrainingEngine.Compute;

/// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers on every machine and runtime.</summary>
internal static class SplitMix64
{
    /// <summary>What its state grows by.</summary>
    public const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>Its output function, a bijection.</summary>
    public static ulong Mix(ulong state)
    {
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}
