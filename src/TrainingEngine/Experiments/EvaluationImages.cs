using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>
/// Images on which a model is measured. Each has a starting noise and a path of its own, so that they count as
/// independent, and all models get the same noise, so that they can be compared.
/// </summary>
public static class EvaluationImages
{
    /// <summary>"Mirror": no training run draws from it.</summary>
    public const ulong Seed = 0x4D_69_72_72_6F_72;

    private const int AtOnce = 25;

    /// <summary>Samples and decodes them.</summary>
    /// <param name="model">With whatever it has learned.</param>
    /// <param name="prompts">One prompt an image.</param>
    /// <param name="steps">DDIM steps at eta 1.</param>
    /// <param name="guidance">Guidance scale.</param>
    /// <param name="workers">Batches are shared between them.</param>
    /// <param name="stop">Looked at between batches.</param>
    /// <param name="seed">Of the noise.</param>
    public static IReadOnlyList<Picture> Sample(
        StableDiffusion model, IReadOnlyList<string> prompts, int steps, double guidance, ComputeThreads workers, CancellationToken stop,
            ulong seed = Seed)
    {
        var ddim = new DdimStep(NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")), steps);
        var unet = new GuidedUNet(model.Unet, guidance);
        string[][] batches = [.. prompts.Chunk(AtOnce)];
        var pictures = new List<Picture>();
        workers.Run(batches.Length, batch => Batch(model, unet, ddim, batches[batch], Seeds.At(seed, (ulong)batch)),
            (_, sampled) => pictures.AddRange(sampled), stop);
        return pictures;
    }

    private static IReadOnlyList<Picture> Batch(StableDiffusion model, GuidedUNet unet, DdimStep ddim, string[] prompts, ulong seed)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        long side = model.Unet.Config.SampleSize, pixels = side * model.Vae.Config.Factor;
        Device device = model.Unet.Parameters["conv_in.weight"].device;
        long[] shape = [prompts.Length, model.Unet.Config.InChannels, side, side];
        Tensor Noise() => randn(shape, generator: generator).to(device);

        TextConditioning text = model.Encode(prompts, (pixels, pixels));
        TextConditioning negative = model.Encode([""], (pixels, pixels)).Repeat(prompts.Length);
        Tensor latents = Noise();
        foreach (long timestep in ddim.Timesteps)
        {
            using var inner = NewDisposeScope();
            Tensor mean = ddim.Mean(latents, unet.Predict(latents, [timestep], text, negative), timestep);
            latents = ddim.Next(mean, Noise(), timestep).MoveToOuterDisposeScope();
        }

        return LatentDecoder.Decode(model.Vae, latents);
    }
}
