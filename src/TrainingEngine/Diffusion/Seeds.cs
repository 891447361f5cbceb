using Labeler.TrainingEngine.Compute;

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

    private static ulong Mix(ulong value) => SplitMix64.Mix(value + SplitMix64.Increment);
}
