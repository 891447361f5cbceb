using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Ddpo;

/// <summary>
/// The losses of DDPO (arXiv 2305.13301): the score function −A·log π (DDPO_SF), and importance sampling (DDPO_IS) with PPO's clip:
/// the larger of −A·r and −A·clip(r, 1 − c, 1 + c), with r = exp(log π − log π_old).
/// </summary>
public static class DdpoLoss
{
    /// <summary>The score function's loss of each image, [n].</summary>
    /// <param name="logProbabilities">[n] under the policy.</param>
    /// <param name="advantages">[n] normalised rewards; clamped here to ±<paramref name="largestAdvantage"/>.</param>
    /// <param name="largestAdvantage">5 as published.</param>
    public static Tensor ScoreFunction(Tensor logProbabilities, Tensor advantages, double largestAdvantage = 5) =>
        -advantages.clamp(-largestAdvantage, largestAdvantage) * logProbabilities;

    /// <summary>The clipped loss and the ratio of each image, both [n].</summary>
    /// <param name="logProbabilities">[n] under the policy.</param>
    /// <param name="old">[n] stored at sampling.</param>
    /// <param name="advantages">[n] normalised rewards; clamped here to ±<paramref name="largestAdvantage"/>.</param>
    /// <param name="clip">Half-width c of the band of ratios; 1e-4 as published.</param>
    /// <param name="largestAdvantage">5 as published.</param>
    public static (Tensor Loss, Tensor Ratio) PerImage(
        Tensor logProbabilities, Tensor old, Tensor advantages, double clip = 1e-4, double largestAdvantage = 5)
    {
        var clamped = advantages.clamp(-largestAdvantage, largestAdvantage);
        var ratio = (logProbabilities - old.detach()).exp();
        var free = -clamped * ratio;
        var bounded = -clamped * ratio.clamp(1 - clip, 1 + clip);
        return (maximum(free, bounded), ratio);
    }

    /// <summary>The mean of <see cref="PerImage"/>, a scalar with its gradient to <paramref name="logProbabilities"/>, and the ratios
    /// [n].</summary>
    public static (Tensor Loss, Tensor Ratio) Compute(
        Tensor logProbabilities, Tensor old, Tensor advantages, double clip = 1e-4, double largestAdvantage = 5)
    {
        var (loss, ratio) = PerImage(logProbabilities, old, advantages, clip, largestAdvantage);
        return (loss.mean(), ratio);
    }
}
