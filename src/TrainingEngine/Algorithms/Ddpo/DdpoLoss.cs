using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Ddpo;

/// <summary>
/// The importance-sampling loss of DDPO (arXiv 2305.13301, equation 5 with PPO's clip): the mean of the larger of −A·r and
/// −A·clip(r, 1 − c, 1 + c), with r = exp(log π − log π_old).
/// </summary>
public static class DdpoLoss
{
    /// <summary>The loss, a scalar with its gradient to <paramref name="logProbabilities"/>, and the ratios [n].</summary>
    /// <param name="logProbabilities">[n] under the policy.</param>
    /// <param name="old">[n] stored at sampling.</param>
    /// <param name="advantages">[n] normalised rewards; clamped here to ±<paramref name="largestAdvantage"/>.</param>
    /// <param name="clip">Half-width c of the band of ratios; 1e-4 as published.</param>
    /// <param name="largestAdvantage">5 as published.</param>
    public static (Tensor Loss, Tensor Ratio) Compute(
        Tensor logProbabilities, Tensor old, Tensor advantages, double clip = 1e-4, double largestAdvantage = 5)
    {
        var clamped = advantages.clamp(-largestAdvantage, largestAdvantage);
        var ratio = (logProbabilities - old.detach()).exp();
        var free = -clamped * ratio;
        var bounded = -clamped * ratio.clamp(1 - clip, 1 + clip);
        return (maximum(free, bounded).mean(), ratio);
    }
}
