using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Dpok;

/// <summary>Settings of DPOK.</summary>
public sealed record DpokOptions : PolicyGradientOptions
{
    [Description("weight of the divergence from the base model"), Range(0.0, 1e6)]
    public double KlWeight { get; init; } = 0.01;
}

/// <summary>
/// Diffusion policy optimization with KL regularization (arXiv 2305.16381, equation 7): the clipped policy gradient, and
/// at every denoising step the bound on the divergence from the base model, mean (ε − ε_base)².
/// </summary>
/// <remarks>
/// The paper's value function is replaced by the running statistics of each prompt, as in D3PO's comparison. Unlike there,
/// the divergence is real: it is taken between the two models' predictions on the same latent.
/// </remarks>
public sealed class DpokAlgorithm() : PolicyGradientAlgorithm<DpokOptions>("dpok")
{
    /// <inheritdoc />
    protected override IPolicyLoss LossOf(DpokOptions options) => new Loss(options);

    /// <inheritdoc />
    protected override DpokOptions OfProject(DpokOptions options, TrainingOptions settings, bool learnedReward) =>
        base.OfProject(options, settings, learnedReward) with { KlWeight = settings.DpokKlWeight };

    private sealed class Loss(DpokOptions options) : IPolicyLoss
    {
        public bool NeedsBase => true;

        public Tensor PerImage(PolicyScore score, PolicyRows rows, Tensor advantages, Tensor? basePrediction,
            Action<string, Tensor> figures)
        {
            var (policy, _) = DdpoLoss.PerImage(score.LogProbabilities, rows.Reference, advantages, options.Clip, options.LargestAdvantage);
            var divergence = DpokLoss.NoiseDivergence(score.Prediction, basePrediction!); // [n]
            figures("base_divergence", divergence);
            return policy + (divergence * options.KlWeight);
        }
    }
}
