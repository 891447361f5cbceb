using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>An algorithm that goes through an epoch's judged pairs of finished images a number of times.</summary>
public abstract class PairAlgorithm<T>(string name) : PassAlgorithm<T>(name) where T : PassOptions, new()
{
    /// <inheritdoc />
    public override TrainingResult Run(EpochRun run, T options)
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
        }, context => ObjectiveOf(model, latents, pairs, options, context.Memory), run.Stop);
    }

    /// <summary>The loss of pairs; its arguments are those of <see cref="PairObjective"/>.</summary>
    private protected abstract PairObjective ObjectiveOf(
        StableDiffusion model, CleanLatents latents, IReadOnlyList<LatentPair> pairs, T options, MemoryPlan memory);
}
