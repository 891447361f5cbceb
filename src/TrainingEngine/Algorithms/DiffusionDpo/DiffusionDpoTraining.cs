using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.DiffusionDpo;

/// <summary>Settings of Diffusion-DPO.</summary>
public sealed record DiffusionDpoOptions : PassOptions
{
    [Description("temperature β of the preference term; published for Stable Diffusion 1.5"), Range(1e-3, 1e7)]
    public double Beta { get; init; } = 2000;
}

/// <summary>
/// Diffusion-DPO (arXiv 2311.12908, equation 14): offline pairs; the loser's and the winner's latent get the same timestep
/// and noise, and the model is to improve on the reference's error more for the winner than for the loser. The reference is the model
/// before the first step.
/// </summary>
public static class DiffusionDpoTraining
{
    /// <summary>Learns from pairs of sampled images.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="trajectories">Trajectory of each group; the images' clean latents are taken from them.</param>
    /// <param name="preferences">The pairs.</param>
    public static TrainingResult Run(
        StableDiffusion model, IReadOnlyList<string> trajectories, IReadOnlyList<PreferencePair> preferences, DiffusionDpoOptions options,
        TrainedPart trained, RunOptions place, CancellationToken stop = default)
    {
        options.Validate();
        if (preferences.Count == 0)
        {
            throw new NothingToLearnException("no pair of images was judged differently");
        }
        (int Group, int Image)[] images = [.. preferences.SelectMany(pair => new[] { (pair.Group, pair.Winner), (pair.Group, pair.Loser) }).Distinct().Order()];
        var places = images.Select((image, index) => (image, index)).ToDictionary(pair => pair.image, pair => pair.index);
        using var latents = CleanLatents.OfTrajectories(model, trajectories, images);
        LatentPair[] pairs = [.. preferences.Select(pair => new LatentPair(places[(pair.Group, pair.Winner)], places[(pair.Group, pair.Loser)], pair.Weight))];
        var run = new TrainingRun
        {
            Algorithm = "diffusion-dpo",
            Updates = options,
            Data = new { Preferences = preferences, Trajectories = trajectories.Select(Path.GetFileName) },
            Trained = trained,
            Memory = MemoryPlan.For(model, latents.Width, latents.Height, 1, place.MicroBatch, place.Recompute),
            Place = place,
        };
        return SharedLoop.Run(model, run, memory => new DiffusionDpoObjective(model, latents, pairs, options, memory), stop);
    }
}
