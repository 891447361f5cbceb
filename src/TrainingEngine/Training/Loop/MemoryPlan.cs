using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>How many images go through the U-Net at once, and whether their activations are kept.</summary>
public readonly record struct MemoryPlan(int ImagesAtOnce, bool Recompute)
{
    // Larger batches gain nothing on a processor, and 16 rows are what libtorch's fast convolutions start from.
    private const int MostRows = 28;

    // The rest is for weights, optimizer, the web application and others.
    private const int ShareForActivations = 3;

    /// <summary>Chooses by the model's size and the machine's memory. What is free at the moment does not count: the choice decides
    /// the last bits, and training again on the same machine gives the same ones.</summary>
    /// <param name="config">The U-Net.</param>
    /// <param name="height">Of the latent.</param>
    /// <param name="width">Of the latent.</param>
    /// <param name="rowsPerImage">2 under guidance, else 1.</param>
    /// <param name="elementSize">Bytes of a number.</param>
    /// <param name="memory">Of the machine, or of the container that it is shared by, in bytes.</param>
    public static MemoryPlan Choose(UNetConfig config, long height, long width, int rowsPerImage, long elementSize, long memory)
    {
        var perImage = ActivationsPerRow(config, height, width) * (double)elementSize * rowsPerImage;
        var fitting = memory / ShareForActivations / perImage;
        return fitting >= 1
            ? new MemoryPlan((int)Math.Clamp(fitting, 1, Math.Max(1, MostRows / rowsPerImage)), false)
            : new MemoryPlan(1, true);
    }

    /// <summary>Chooses for a model and images of a size.</summary>
    /// <param name="model">On its device, in its type.</param>
    /// <param name="width">Of the images in pixels.</param>
    /// <param name="height">Of the images in pixels.</param>
    /// <param name="rowsPerImage">2 under guidance, else 1.</param>
    /// <param name="microBatch">Images that somebody asked for; 0 for none.</param>
    /// <param name="recompute">True where somebody asked for it.</param>
    public static MemoryPlan For(StableDiffusion model, int width, int height, int rowsPerImage, int microBatch, bool recompute)
    {
        var factor = model.Vae.Config.Factor;
        var size = model.Unet.Parameters["conv_in.weight"].element_size();
        var chosen =
            Choose(model.Unet.Config, height / factor, width / factor, rowsPerImage, size, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        return new MemoryPlan(microBatch > 0 ? microBatch : chosen.ImagesAtOnce, recompute || chosen.Recompute);
    }

    /// <summary>A plan for learning from trajectories like this one.</summary>
    public static MemoryPlan For(StableDiffusion model, TrajectoryOrigin origin, RunOptions place) =>
        For(model, origin.Width, origin.Height, origin.Guidance > 1 ? 2 : 1, place.MicroBatch, place.Recompute);

    // Numbers kept for the backward pass: about 8 maps per residual block, 36 per transformer, and two sets of attention
    // scores; a level has 2·layers + 1 of each.
    private static long ActivationsPerRow(UNetConfig config, long height, long width)
    {
        var sum = 0L;
        for (var level = 0; level < config.Channels.Length; level++)
        {
            var pixels = Math.Max(1, height >> level) * Math.Max(1, width >> level);
            var blocks = (2 * config.LayersPerBlock) + 1;
            sum += blocks * 8 * config.Channels[level] * pixels;
            if (config.CrossAttention[level])
            {
                sum += blocks * config.TransformerLayers[level] * ((36 * config.Channels[level] * pixels)
                    + (2 * config.Heads[level] * pixels * pixels));
            }
        }
        return sum;
    }
}
