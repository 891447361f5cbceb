using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

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
public sealed class DiffusionDpoAlgorithm() : PassAlgorithm<DiffusionDpoOptions>("diffusion-dpo")
{
    /// <inheritdoc />
    public override TrainingResult Run(EpochRun run, DiffusionDpoOptions options)
    {
        var (model, trajectories, preferences) = (run.Model, run.Epoch.Trajectories, run.Epoch.Preferences);
        if (preferences.Count == 0)
        {
            throw new NothingToLearnException("no pair of images was judged differently");
        }
        var images = PreferencePair.ImagesOf(preferences);
        var places = images.Select((image, index) => (image, index)).ToDictionary(pair => pair.image, pair => pair.index);
        using var latents = CleanLatents.OfTrajectories(model, trajectories, images);
        LatentPair[] pairs =
            [.. preferences.Select(
                pair => new LatentPair(places[(pair.Group, pair.Winner)], places[(pair.LoserGroup, pair.Loser)], pair.Weight))];
        return TrainingLoop.Run(model, new TrainingRun
        {
            Algorithm = Info.Name,
            Updates = options,
            Data = new { Preferences = preferences, Trajectories = trajectories.Select(Path.GetFileName) },
            Trained = run.Trained,
            Memory = MemoryPlan.For(model, latents.Width, latents.Height, 1, run.Place, run.Trained),
            Place = run.Place,
        }, context => new DiffusionDpoObjective(model, latents, pairs, options, context.Memory), run.Stop);
    }

    /// <inheritdoc />
    protected override DiffusionDpoOptions OfProject(DiffusionDpoOptions options, TrainingOptions settings, bool learnedReward) =>
        base.OfProject(options, settings, learnedReward) with { Beta = settings.DiffusionDpoBeta };
}
