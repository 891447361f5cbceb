using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.RewardWeighted;

/// <summary>Settings of reward-weighted regression.</summary>
public sealed record RewardWeightedOptions : PassOptions
{
    [Description("how sharply weights follow rewards: weight N·softmax(this · reward)"), Range(0.0, 1e6)]
    public double Temperature { get; init; } = 0.2;

    [Description("learn from the best images alone, all with weight 1")]
    public bool Sparse { get; init; }

    [Description("share of the images that are the best ones"), Range(1e-6, 1.0)]
    public double BestShare { get; init; } = 0.1;
}

/// <summary>
/// Reward-weighted regression as the baseline of DDPO (arXiv 2305.13301, section 4.2; first arXiv 2302.12192): sampled
/// images are denoised again, with weights N·softmax(β·r), or (sparse) the best tenth of them alone.
/// </summary>
public sealed class RewardWeightedAlgorithm() : PassAlgorithm<RewardWeightedOptions>("reward-weighted")
{
    /// <inheritdoc />
    public override TrainingResult Run(EpochRun run, RewardWeightedOptions options)
    {
        var (trajectories, images) = (run.Epoch.Trajectories, run.Epoch.Rewarded);
        var weights = Weights([.. images.Select(image => image.Reward)], options);
        var latents = CleanLatents.OfTrajectories(run.Model, trajectories, [.. images.Select(image => (image.Group, image.Image))]);
        var data =
            new
            {
                Images = images.Zip(weights, (image, weight) => new WeightedImage(image.Group, image.Image, weight)),
                Trajectories = trajectories.Select(Path.GetFileName)
            };
        return DenoisingTraining.Run(run.Model, options.Sparse ? "reward-weighted-sparse" : Info.Name, latents, weights, data, options,
            run.Trained, run.Place, run.Stop);
    }

    /// <inheritdoc />
    protected override RewardWeightedOptions OfProject(RewardWeightedOptions options, TrainingOptions settings, bool learnedReward) =>
        base.OfProject(options, settings, learnedReward) with
        {
            Temperature = settings.RewardSharpness,
            Sparse = settings.SparseRewards,
        };

    /// <summary>The weights of images, in order; they sum up to the images that are learned from.</summary>
    public static double[] Weights(IReadOnlyList<double> rewards, RewardWeightedOptions options)
    {
        if (options.Sparse)
        {
            var best = Math.Max(1, (int)Math.Round(options.BestShare * rewards.Count));
            var chosen = Enumerable.Range(0, rewards.Count).OrderByDescending(image => rewards[image]).Take(best).ToHashSet();
            return [.. Enumerable.Range(0, rewards.Count).Select(image => chosen.Contains(image) ? 1.0 : 0)];
        }
        var largest = rewards.Max();
        double[] powers = [.. rewards.Select(reward => Math.Exp(options.Temperature * (reward - largest)))];
        return [.. powers.Select(power => rewards.Count * power / powers.Sum())];
    }
}
