namespace Labeler.TrainingEngine.Diffusion;

/// <summary>Derives independent seeds from one: the same for the same path, unrelated for neighbouring ones.</summary>
public static class Seeds
{
    /// <summary>The seed at a path below another: a group's in its run, an image's in its group.</summary>
    public static ulong At(ulong seed, params ReadOnlySpan<ulong> path)
    {
        foreach (ulong step in path)
        {
            seed = Mix(seed ^ Mix(step + 1));
        }

        return seed;
    }

    /// <summary>The output function of SplitMix64 (Steele et al. 2014), a bijection.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
