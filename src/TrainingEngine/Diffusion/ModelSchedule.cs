using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.Transformers;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>The schedule in a model's folder.</summary>
public static class ModelSchedule
{
    /// <exception cref="EngineException">The file is missing, malformed, or asks for what the engine does not know.</exception>
    public static ISchedule Of(StableDiffusion model)
    {
        var folder = Path.Combine(model.Folder, "scheduler");
        return model.IsFlow
            ? new FlowModelSchedule(FlowOptions(model, folder), even: model.Denoiser is FluxTransformer)
            : NoiseSchedule.Load(folder);
    }

    // A model of one file has the schedule beside it, or that of the released models.
    private static FlowScheduleOptions FlowOptions(StableDiffusion model, string folder)
    {
        if (!File.Exists(model.Folder))
        {
            return FlowScheduleOptions.Load(folder);
        }
        var beside = Path.Combine(SingleFileModel.Beside(model.Folder), "scheduler");
        return Directory.Exists(beside) ? FlowScheduleOptions.Load(beside) : model.Denoiser switch
        {
            FluxTransformer { Config.Guided: true } => new() { Shift = 3, Dynamic = new(0.5, 1.15, 256, 4096, Linear: false) },
            FluxTransformer => new() { Shift = 1 },
            _ => new() { Shift = 3 },
        };
    }

    /// <summary>Tokens that a flow model cuts an image into.</summary>
    public static long TokensOf(StableDiffusion model, long width, long height)
    {
        long side = model.Vae.Config.Factor * model.Denoiser.PatchSize;
        return width / side * (height / side);
    }
}
