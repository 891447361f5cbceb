using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>Width and height of a model's images in pixels.</summary>
internal static class ImageSize
{
    /// <param name="model">The model.</param>
    /// <param name="width">Asked for; 0 for what the model was made for.</param>
    /// <param name="height">Asked for; 0 for what the model was made for.</param>
    /// <exception cref="EngineException">The model makes no such images.</exception>
    public static (int Width, int Height) Of(StableDiffusion model, int width, int height)
    {
        int factor = (int)(model.Vae.Config.Factor * model.Denoiser.PatchSize);
        int own = (int)(model.Denoiser.SampleSize * model.Vae.Config.Factor);
        (width, height) = (width > 0 ? width : own, height > 0 ? height : own);
        return width % factor == 0 && height % factor == 0
            ? (width, height)
            : throw new EngineException($"{width} x {height} pixels are impossible; this model makes multiples of {factor}");
    }
}
