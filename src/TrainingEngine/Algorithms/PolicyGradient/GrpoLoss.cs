using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>What Flow-GRPO (arXiv 2505.05470) adds to the clipped ratio: the divergence from the base model.</summary>
public static class GrpoLoss
{
    /// <summary>mean((μ − μ_base)²) / (2 s²) of each image, [n]: equation 9 as the authors' program has it, with s without the
    /// step's length.</summary>
    /// <param name="means">[n, …] the policy's means.</param>
    /// <param name="baseMeans">[n, …] the base model's; no gradient.</param>
    /// <param name="deviation">s.</param>
    public static Tensor Divergence(Tensor means, Tensor baseMeans, double deviation)
    {
        var difference = means - baseMeans.detach();
        long[] elements = [.. Enumerable.Range(1, (int)means.dim() - 1).Select(dimension => (long)dimension)];
        return (difference * difference).mean(elements) / (2 * deviation * deviation);
    }
}
