using Labeler.TrainingEngine.Compute;

namespace Labeler.TrainingEngine.MirrorWorld.Drawing;

/// <summary>
/// Random numbers for scenes: SplitMix64, the same on every machine and runtime. Each scene
/// has a stream of its own from the seed and its number, so scenes can be drawn in any order.
/// </summary>
public sealed class SceneRandom(long seed, long number = 0)
{
    private ulong _state = SplitMix64.Mix((ulong)seed) ^ SplitMix64.Mix(~(ulong)number);

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => SplitMix64.Mix(_state += SplitMix64.Increment);

    /// <summary>Evenly from 0 (included) to 1 (excluded).</summary>
    public float Share() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Evenly between two values.</summary>
    public float Between(float low, float high) => low + ((high - low) * Share());

    /// <summary>Evenly from 0 to <paramref name="count"/> − 1.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => Share() < probability;

    /// <summary>One of the choices, each as likely as its weight says.</summary>
    public T Pick<T>(IReadOnlyList<(T Value, double Weight)> choices)
    {
        double left = Share() * choices.Sum(choice => choice.Weight);
        foreach ((T value, double weight) in choices)
        {
            if ((left -= weight) < 0)
            {
                return value;
            }
        }

        return choices[^1].Value;
    }

    /// <summary>One of the choices, all equally likely.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
