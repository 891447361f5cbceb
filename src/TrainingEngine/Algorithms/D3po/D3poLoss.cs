using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// The loss of D3PO (arXiv 2311.13231, equation 11, with the clamp of the authors' program): for a winner w and a loser l
/// of the same prompt at one timestep, −log σ(β·(Δ_w − Δ_l)) with Δ = log clamp(π/π_ref, 1 − ε, 1 + ε).
/// </summary>
/// <remarks>
/// Two rewritings change neither value nor gradient: log clamp(exp Δ, 1 − ε, 1 + ε) is clamp(Δ, log(1 − ε), log(1 + ε)),
/// which cannot overflow; and a tied pair, constant log 2 in the authors' program, is never built.
/// </remarks>
public static class D3poLoss
{
    /// <summary>The loss of each pair, [pairs], with its gradient to <paramref name="logProbabilities"/>.</summary>
    /// <param name="logProbabilities">[n] log-probability of each image's stored step under the policy: its mean over the latent.</param>
    /// <param name="reference">[n] the same under the reference; no gradient.</param>
    /// <param name="winners">[pairs] int64, indices into the first two.</param>
    /// <param name="losers">[pairs] int64.</param>
    /// <param name="options">β, ε and the kind of clamp.</param>
    public static Tensor PerPair(Tensor logProbabilities, Tensor reference, Tensor winners, Tensor losers, D3poOptions options)
    {
        var ratio = logProbabilities - reference.detach(); // Δ [n]
        var (low, high) = options.Band;
        var won = ratio.index_select(0, winners);
        var lost = ratio.index_select(0, losers);
        won = options.OneSidedClamp ? won.clamp_max(high) : won.clamp(low, high);
        lost = options.OneSidedClamp ? lost.clamp_min(low) : lost.clamp(low, high);
        return -nn.functional.logsigmoid((won - lost) * options.Beta);
    }

    /// <summary>
    /// ½·mean(((μ − μ_old)/σ)²) of each image, [n]: the divergence between the two Gaussian policies of a step, as a mean
    /// over the latent. Times the latent's size it is the KL divergence in nats.
    /// </summary>
    /// <param name="mean">[n, c, h, w] the policy's mean.</param>
    /// <param name="other">[n, c, h, w] the other policy's mean; no gradient.</param>
    /// <param name="sigma">Standard deviation of the step.</param>
    public static Tensor Divergence(Tensor mean, Tensor other, double sigma)
    {
        var deviation = (mean - other.detach()) / sigma;
        return (deviation * deviation).mean([1L, 2L, 3L]) * 0.5;
    }

    /// <summary>
    /// ½·mean over channels of ((the channel's mean of (μ − μ_other))/σ)² of each image, [n]: by Parseval's theorem the share of
    /// <see cref="Divergence"/> at frequency 0, which moves whole channels and with them the picture's mean color. Times the
    /// latent's size it is the KL divergence, in nats, between what the two policies say of the channels' means.
    /// </summary>
    /// <inheritdoc cref="Divergence" path="/param"/>
    public static Tensor ColorDivergence(Tensor mean, Tensor other, double sigma)
    {
        var deviation = (mean - other.detach()).mean([2L, 3L]) / sigma; // [n, c]
        return (deviation * deviation).mean([1L]) * 0.5;
    }
}
