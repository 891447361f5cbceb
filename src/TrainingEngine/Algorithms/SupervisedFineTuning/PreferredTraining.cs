using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;

/// <summary>
/// Supervised fine-tuning on the sampled images that were preferred, D3PO's baseline (arXiv 2311.13231, section 5.2.3): an image is
/// preferred when it won a comparison in its group and lost none.
/// </summary>
public static class PreferredTraining
{
    /// <summary>Learns from an epoch's images; parameters as in <see cref="DiffusionDpo.DiffusionDpoTraining.Run"/>.</summary>
    public static TrainingResult Run(
        StableDiffusion model, IReadOnlyList<string> trajectories, IReadOnlyList<PreferencePair> preferences, PreferredOptions options,
        TrainedPart trained, RunOptions place, CancellationToken stop = default)
    {
        var images = Preferred(preferences);
        if (images.Count == 0)
        {
            throw new NothingToLearnException("no image was preferred to another");
        }
        var latents = CleanLatents.OfTrajectories(model, trajectories, images);
        var data = new { Images = images.Select(image => new WeightedImage(image.Group, image.Image, 1)), Trajectories = trajectories.Select(Path.GetFileName) };
        return DenoisingTraining.Run(model, "preferred", latents, [.. images.Select(_ => 1.0)], data, options, trained, place, stop);
    }

    /// <summary>The images that won and never lost, in order.</summary>
    public static IReadOnlyList<(int Group, int Image)> Preferred(IReadOnlyList<PreferencePair> preferences)
    {
        var lost = preferences.Select(pair => (pair.Group, pair.Loser)).ToHashSet();
        return [.. preferences.Select(pair => (pair.Group, pair.Winner)).Distinct().Where(image => !lost.Contains(image)).Order()];
    }
}
