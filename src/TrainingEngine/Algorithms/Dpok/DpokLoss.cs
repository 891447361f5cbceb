using Labeler.TrainingEngine.Algorithms.Ddpo;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Dpok;

/// <summary>
/// The policy-gradient loss of DPOK (arXiv 2305.16381, equation 7) as D3PO's authors compare against it: DDPO's clipped
/// term plus a multiple of the KL divergence between softmax(log π) and softmax(log π_old) over the batch.
/// </summary>
/// <remarks>
/// That divergence is identically zero for a batch of one. It is kept for comparison with the published figures;
/// <see cref="NoiseDivergence"/> is the paper's own term.
/// </remarks>
public static class DpokLoss
{
    /// <summary>The loss, a scalar with its gradient to <paramref name="logProbabilities"/>, the ratios [n] and the divergence.</summary>
    /// <param name="logProbabilities">[n] under the policy.</param>
    /// <param name="old">[n] stored at sampling.</param>
    /// <param name="advantages">[n] normalised rewards.</param>
    /// <param name="klWeight">0.01 as published.</param>
    /// <param name="clip">Half-width of the band of ratios.</param>
    /// <param name="largestAdvantage">5 as published.</param>
    public static (Tensor Loss, Tensor Ratio, Tensor Divergence) Compute(
        Tensor logProbabilities, Tensor old, Tensor advantages, double klWeight = 0.01, double clip = 1e-4, double largestAdvantage = 5)
    {
        var (policy, ratio) = DdpoLoss.Compute(logProbabilities, old, advantages, clip, largestAdvantage);
        var logits = logProbabilities.log_softmax(-1);
        var oldLogits = old.detach().log_softmax(-1);
        var divergence = (logits.exp() * (logits - oldLogits)).sum();
        return (policy + divergence * klWeight, ratio, divergence);
    }

    /// <summary>mean (ε − ε_base)² of each image, [n]: the paper's bound on the divergence from the base model at one step.</summary>
    /// <param name="prediction">[n, c, h, w] the policy's prediction.</param>
    /// <param name="basePrediction">[n, c, h, w] the base model's; no gradient.</param>
    public static Tensor NoiseDivergence(Tensor prediction, Tensor basePrediction)
    {
        var difference = (prediction - basePrediction.detach()).to(float32);
        return (difference * difference).mean([1L, 2L, 3L]);
    }
}
