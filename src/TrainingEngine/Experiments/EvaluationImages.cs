using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
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
        long side = model.Denoiser.SampleSize * model.Vae.Config.Factor;
        var policy = ModelSchedule.Of(model).Steps(
            steps, model.IsFlow ? SamplingOptions.FlowEta : 1, FlowNoise.Sde, ModelSchedule.TokensOf(model, side, side));
        var denoiser = new GuidedDenoiser(model.Denoiser, guidance);
        string[][] batches = [.. prompts.Chunk(AtOnce)];
        var pictures = new List<Picture>();
        workers.Run(batches.Length, batch => Batch(model, denoiser, policy, batches[batch], Seeds.At(seed, (ulong)batch)),
            (_, sampled) => pictures.AddRange(sampled), stop);
        return pictures;
    }

    private static IReadOnlyList<Picture> Batch(
        StableDiffusion model, GuidedDenoiser denoiser, IPolicyStep policy, string[] prompts, ulong seed)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        long side = model.Denoiser.SampleSize, pixels = side * model.Vae.Config.Factor;
        Device device = model.Device;
        long[] shape = [prompts.Length, model.Denoiser.LatentChannels, side, side];
        Tensor Noise() => randn(shape, generator: generator).to(device);

        TextConditioning text = model.Encode(prompts, (pixels, pixels));
        TextConditioning negative = model.EncodeNegative("", (pixels, pixels)).Repeat(prompts.Length);
        Tensor latents = Noise();
        foreach (long timestep in policy.Timesteps)
        {
            using var inner = NewDisposeScope();
            Tensor mean = policy.Mean(latents, denoiser.Predict(latents, [policy.TimeOf(timestep)], text, negative), timestep);
            latents = policy.Next(mean, Noise(), timestep).MoveToOuterDisposeScope();
        }

        return LatentDecoder.Decode(model, latents);
    }
}
