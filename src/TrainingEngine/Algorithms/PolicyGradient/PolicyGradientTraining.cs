using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>One epoch of a policy gradient: rewarded trajectories in, the next policy out.</summary>
internal static class PolicyGradientTraining
{
    /// <summary>Trains; see <see cref="SharedLoop.Run"/>.</summary>
    /// <param name="name">Of the algorithm.</param>
    /// <param name="images">The images with their advantages.</param>
    public static TrainingResult Run(
        StableDiffusion model, string name, IReadOnlyList<string> trajectories, IReadOnlyList<WeightedImage> images, PolicyGradientOptions options,
        IPolicyLoss loss, TrainedPart trained, RunOptions place, CancellationToken stop)
    {
        options.Validate();
        using var data = new EpochData(
            trajectories, images.Select(image => image.Group), model, place.CheckHashes ? TrajectoryHashes.Of(model.Folder, trained.From) : null);
        var origin = data.Origin;
        var run = new TrainingRun
        {
            Algorithm = name,
            Updates = options,
            Data = new { Images = images, Trajectories = trajectories.Select(Path.GetFileName) },
            Trained = trained,
            Memory = MemoryPlan.For(model, origin.Width, origin.Height, origin.Guidance > 1 ? 2 : 1, place.MicroBatch, place.Recompute),
            Place = place,
        };
        return SharedLoop.Run(model, run, memory => new PolicyGradientObjective(model, data, images, options, loss, memory), stop);
    }
}
