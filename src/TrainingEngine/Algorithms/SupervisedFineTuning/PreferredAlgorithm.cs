using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;

/// <summary>
/// Supervised fine-tuning on the sampled images that were preferred, D3PO's baseline (arXiv 2311.13231, section 5.2.3): an image is
/// preferred when it won a comparison and lost none.
/// </summary>
public sealed class PreferredAlgorithm() : PassAlgorithm<PreferredOptions>("preferred")
{
    /// <inheritdoc />
    public override TrainingResult Run(EpochRun run, PreferredOptions options)
    {
        var (trajectories, images) = (run.Epoch.Trajectories, Preferred(run.Epoch.Preferences));
        if (images.Count == 0)
        {
            throw new NothingToLearnException("no image was preferred to another");
        }
        var latents = CleanLatents.OfTrajectories(run.Model, trajectories, images);
        var data =
            new
            {
                Images = images.Select(image => new WeightedImage(image.Group, image.Image, 1)),
                Trajectories = trajectories.Select(Path.GetFileName)
            };
        return DenoisingTraining.Run(run.Model, Info.Name, latents, [.. images.Select(_ => 1.0)], data, options, run.Trained, run.Place,
            run.Stop);
    }

    /// <summary>The images that won and never lost, in order.</summary>
    public static IReadOnlyList<(int Group, int Image)> Preferred(IReadOnlyList<PreferencePair> preferences)
    {
        var lost = preferences.Select(pair => (Group: pair.LoserGroup, Winner: pair.Loser)).ToHashSet();
        return [.. preferences.Select(pair => (pair.Group, pair.Winner)).Distinct().Where(image => !lost.Contains(image)).Order()];
    }
}
