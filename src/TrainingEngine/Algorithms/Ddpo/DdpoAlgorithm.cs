using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Ddpo;

/// <summary>
/// Denoising diffusion policy optimization (arXiv 2305.13301, algorithm 1): rewards are normalized to advantages A, and
/// every denoising step of an image is reinforced by its A, with the score function ∇ −A·log π (DDPO_SF) or with
/// clipped importance ratios (DDPO_IS).
/// </summary>
public sealed class DdpoAlgorithm() : PolicyGradientAlgorithm<DdpoOptions>("ddpo")
{
    /// <inheritdoc />
    // The score function's gradient holds at the policy that sampled alone: one step, on everything.
    public override TrainingResult Run(EpochRun run, DdpoOptions options) => base.Run(
        run, options.Estimator == Estimator.ScoreFunction ? options with { ImagesPerStep = 0, TimestepsPerStep = 0, InnerEpochs = 1 }
            : options);

    /// <inheritdoc />
    protected override DdpoOptions OfProject(DdpoOptions options, TrainingOptions settings, bool learnedReward) =>
        base.OfProject(options, settings, learnedReward) with
        {
            KlWeight = settings.BaseKlWeight,
            Estimator = settings.Estimator == RewardEstimator.ScoreFunction ? Estimator.ScoreFunction : Estimator.ImportanceSampling,
        };

    /// <inheritdoc />
    protected override IPolicyLoss LossOf(DdpoOptions options) => new Loss(options);

    private sealed class Loss(DdpoOptions options) : IPolicyLoss
    {
        public bool NeedsBase => options.KlWeight > 0;

        public Tensor PerImage(PolicyScore score, PolicyRows rows, Tensor advantages, Tensor? basePrediction,
            Action<string, Tensor> figures)
        {
            var policy = Policy(score, rows, advantages, figures);
            if (basePrediction is null)
            {
                return policy;
            }

            var divergence = GrpoLoss.Divergence(score.Means, score.MeanOf(basePrediction), score.Deviation);
            figures("base_divergence", divergence);
            return policy + (divergence * options.KlWeight);
        }

        private Tensor Policy(PolicyScore score, PolicyRows rows, Tensor advantages, Action<string, Tensor> figures)
        {
            if (options.Estimator == Estimator.ScoreFunction)
            {
                return DdpoLoss.ScoreFunction(score.LogProbabilities, advantages, options.LargestAdvantage);
            }
            var (loss, ratio) =
                DdpoLoss.PerImage(score.LogProbabilities, rows.Reference, advantages, options.Clip, options.LargestAdvantage);
            figures("clipped", (ratio - 1).abs().gt(options.Clip).to(ScalarType.Float32));
            return loss;
        }
    }
}
