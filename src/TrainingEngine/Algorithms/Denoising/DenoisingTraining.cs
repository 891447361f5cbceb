using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>A run that learns by denoising.</summary>
internal static class DenoisingTraining
{
    /// <summary>Trains; see <see cref="TrainingLoop.Run"/>.</summary>
    /// <param name="latents">Disposed of in the end.</param>
    /// <param name="weights">One a latent.</param>
    /// <param name="data">What the latents follow from.</param>
    /// <param name="afterStep">See <see cref="TrainingRun.AfterStep"/>.</param>
    public static TrainingResult Run(
        StableDiffusion model, string name, CleanLatents latents, IReadOnlyList<double> weights, object data, DenoisingOptions options,
        TrainedPart trained, RunOptions place, CancellationToken stop, Action<int, Action<string>>? afterStep = null)
    {
        using (latents)
        {
            options.Validate();
            var run = new TrainingRun
            {
                Algorithm = name,
                Updates = options,
                Data = data,
                Trained = trained,
                Memory = MemoryPlan.For(model, latents.Width, latents.Height, 1, place, trained),
                Place = place,
                AfterStep = afterStep,
            };
            return TrainingLoop.Run(model, run, context => new DenoisingObjective(model, latents, weights, options, context.Memory), stop);
        }
    }
}
