using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Memory;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>How many images go through the U-Net at once, and whether their activations are kept.</summary>
public readonly record struct MemoryPlan(int ImagesAtOnce, bool Recompute)
{
    /// <summary>Chooses for a model and images of a size.</summary>
    /// <param name="model">On its device, in its type.</param>
    /// <param name="width">Of the images in pixels.</param>
    /// <param name="height">Of the images in pixels.</param>
    /// <param name="rowsPerImage">2 under guidance, else 1.</param>
    /// <param name="place">What somebody asked for.</param>
    /// <param name="trained">What is trained.</param>
    /// <exception cref="EngineException">It does not fit into what is free; the message says what would.</exception>
    public static MemoryPlan For(StableDiffusion model, int width, int height, int rowsPerImage, RunOptions place, TrainedPart trained)
    {
        var factor = model.Vae.Config.Factor;
        var size = model.Denoiser.Parameters.Values.First().element_size();
        var chosen = BatchPlan.Choose(Footprints.ShapeOf(model.Denoiser).PlannedOf(height / factor, width / factor), rowsPerImage, size,
            MachineMemory.Total);
        var plan =
            new MemoryPlan(place.MicroBatch > 0 ? place.MicroBatch : chosen.ImagesAtOnce, place.Recompute || chosen.Recompute);
        var footprint = Footprints.Of(model);
        var texts = trained is TrainedPart.Adapter { Texts: true };
        MemoryCheck.Require(model, new(width, height, plan.ImagesAtOnce, rowsPerImage, MixedPrecision.Of(model.Precision))
        {
            Recompute = plan.Recompute,
            Whole = trained is TrainedPart.WholeUNet,
            Trained = trained is TrainedPart.Adapter adapter
                ? (footprint.Adapted + (texts ? footprint.AdaptedTexts : 0)) * adapter.Rank : footprint.Denoiser,
            TrainsTexts = texts,
            TextsElsewhere = model.HasTextsElsewhere,
            VaeElsewhere = model.HasVaeElsewhere,
        });
        return plan;
    }

    /// <summary>A plan for learning from trajectories like this one.</summary>
    public static MemoryPlan For(StableDiffusion model, TrajectoryOrigin origin, RunOptions place, TrainedPart trained) =>
        For(model, origin.Width, origin.Height, MemoryCheck.RowsPerImage(model, origin.Guidance), place, trained);
}
