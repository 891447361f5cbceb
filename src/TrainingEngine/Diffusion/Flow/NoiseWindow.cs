using System.Globalization;

namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>
/// The steps that add noise, as Flow-GRPO-Fast has it: the others are Euler's method, cost no log-probability, and are the same for all
/// images of a group until the first noise. Nothing else is learned from.
/// </summary>
/// <param name="First">Counted from 0, the noisiest.</param>
/// <param name="Count">How many; 0 for all steps.</param>
public readonly record struct NoiseWindow(int First, int Count)
{
    /// <summary>Whether all steps add noise.</summary>
    public bool IsEverything => Count == 0;

    /// <summary>Whether a step adds noise.</summary>
    public bool Has(int step) => IsEverything || (step >= First && step < First + Count);

    /// <exception cref="EngineException">It is not within so many steps.</exception>
    public NoiseWindow Within(int steps) => First >= 0 && Count >= 0 && (IsEverything || First + Count <= steps) ? this
        : throw new EngineException($"noise at steps {First} to {First + Count - 1} is impossible; there are steps 0 to {steps - 1}");

    /// <summary>As <c>2+3</c>: first and count; empty for all steps.</summary>
    public override string ToString() => IsEverything ? "" : string.Create(CultureInfo.InvariantCulture, $"{First}+{Count}");

    /// <exception cref="EngineException">It is not of that form.</exception>
    public static NoiseWindow Parse(string text) => text.Length == 0 ? default
        : text.Split('+') is [var first, var count]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var many) && many > 0 ? new(from, many)
        : throw new EngineException($"{text} is no window of steps; 2+3 is steps 2 to 4");
}
