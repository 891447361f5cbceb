using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Ddpo;

/// <summary>
/// Denoising diffusion policy optimization (arXiv 2305.13301, algorithm 1): rewards are normalised to advantages A, and
/// every denoising step of an image is reinforced by its A, with the score function ∇ −A·log π (equation 4) or with
/// clipped importance ratios (equation 5).
/// </summary>
public static class DdpoTraining
{
    /// <summary>One epoch.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="epoch">Images and rewards.</param>
    /// <param name="options">Settings.</param>
    /// <param name="trained">What is trained, and the policy that sampled.</param>
    /// <param name="place">Where and how.</param>
    /// <param name="tracker">Running statistics of the prompts from earlier epochs.</param>
    /// <param name="greedy">Reward by group of the image without noise, for that baseline.</param>
    /// <param name="stop">Stops it, after a checkpoint.</param>
    public static TrainingResult Run(
        StableDiffusion model, RewardedEpoch epoch, DdpoOptions options, TrainedPart trained, RunOptions place,
        PerPromptStatTracker? tracker = null, IReadOnlyList<double>? greedy = null, CancellationToken stop = default)
    {
        // The score function's gradient holds at the policy that sampled alone: one step, on everything.
        var settings = options.Estimator == Estimator.ScoreFunction ? options with { ImagesPerStep = 0, TimestepsPerStep = 0, InnerEpochs = 1 } : options;
        var images = Advantages.Of(epoch, options.Baseline, tracker, greedy);
        return PolicyGradientTraining.Run(model, "ddpo", epoch.Trajectories, images, settings, new Loss(settings), trained, place, stop);
    }

    private sealed class Loss(DdpoOptions options) : IPolicyLoss
    {
        public bool NeedsBase => false;

        public Tensor PerImage(PolicyScore score, PolicyRows rows, Tensor advantages, Tensor? basePrediction, Action<string, Tensor> figures)
        {
            if (options.Estimator == Estimator.ScoreFunction)
            {
                return DdpoLoss.ScoreFunction(score.LogProbabilities, advantages, options.LargestAdvantage);
            }
            var (loss, ratio) = DdpoLoss.PerImage(score.LogProbabilities, rows.Reference, advantages, options.Clip, options.LargestAdvantage);
            figures("clipped", (ratio - 1).abs().gt(options.Clip).to(ScalarType.Float32));
            return loss;
        }
    }
}
