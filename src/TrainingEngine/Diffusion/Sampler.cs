using Labeler.TrainingEngine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// Samples groups of images: one starting noise for all images of a group, then each its own path. Every image has its
/// own generator on the CPU, so its noise depends neither on the others nor on the device.
/// </summary>
public sealed class Sampler
{
    private readonly StableDiffusion model;
    private readonly SamplingOptions options;
    private readonly GuidedUNet unet;
    private readonly DdimStep step;
    private readonly TextConditioning negative;
    private readonly Device device;
    private readonly ScalarType precision;

    /// <exception cref="EngineException">An option is impossible for this model.</exception>
    public Sampler(StableDiffusion model, NoiseSchedule schedule, SamplingOptions options)
    {
        (this.model, this.options) = (model, options);
        unet = new GuidedUNet(model.Unet, options.Guidance);
        step = new DdimStep(schedule, options.Steps, options.Eta);
        (Width, Height) = Size();
        if (options.GroupSize < 1)
        {
            throw new EngineException($"a group of {options.GroupSize} images is impossible; at least 1 is needed");
        }

        Tensor weight = model.Unet.Parameters["conv_in.weight"];
        (device, precision) = (weight.device, weight.dtype);
        using var gradients = no_grad();
        negative = model.Encode([options.Negative], (Width, Height));
    }

    /// <summary>Width of the images in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the images in pixels.</summary>
    public int Height { get; }

    /// <summary>Samples the images of one prompt. The caller frees the trajectory.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="seed">The group's seed.</param>
    /// <param name="stop">Looked at between steps.</param>
    /// <param name="afterStep">Called after every step.</param>
    /// <exception cref="EngineException">The model's output is not finite.</exception>
    public Trajectory Sample(string prompt, ulong seed, CancellationToken stop = default, Action? afterStep = null)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        ulong[] seeds = [.. Enumerable.Range(0, options.GroupSize).Select(image => Seeds.At(seed, 1, (ulong)image))];
        Generator[] generators = [.. seeds.Select(image => new Generator(image))];
        try
        {
            TextConditioning text = model.Encode([prompt], (Width, Height));
            Tensor start = StartingNoise(seed).expand(options.GroupSize, -1, -1, -1);
            var (latents, means, scores) = (new List<Tensor> { start }, new List<Tensor>(), new List<Tensor>());
            foreach (long timestep in step.Timesteps)
            {
                stop.ThrowIfCancellationRequested();
                Tensor mean = Mean(latents[^1], timestep, text, sharedStart: latents.Count == 1);
                Tensor next = options.Eta > 0 ? step.Next(mean, Noise(generators, mean), timestep) : mean;

                // Round first, then score: the ratio to the same policy is then 1 in training.
                latents.Add(next.to(options.Storage));
                means.Add(mean);
                scores.Add(step.LogProbability(mean, latents[^1], timestep));
                afterStep?.Invoke();
            }

            return Gathered(prompt, seed, seeds, latents, means, scores);
        }
        finally
        {
            Array.ForEach(generators, generator => generator.Dispose());
        }
    }

    /// <summary>The mean of the next latents; on the first step one row stands for all, as they are equal.</summary>
    private Tensor Mean(Tensor latents, long timestep, TextConditioning text, bool sharedStart)
    {
        using var scope = NewDisposeScope();
        Tensor here = latents.to(device);
        if (sharedStart)
        {
            Tensor first = here.narrow(0, 0, 1);
            Tensor shared = step.Mean(first, unet.Predict(first.to(precision), [timestep], text, negative), timestep);
            return shared.expand(options.GroupSize, -1, -1, -1).MoveToOuterDisposeScope();
        }

        int atOnce = options.ImagesAtOnce > 0 ? Math.Min(options.ImagesAtOnce, options.GroupSize) : options.GroupSize;
        Tensor[] outputs = [.. here.to(precision).split(atOnce).Select(rows =>
            unet.Predict(rows, [timestep], text.Repeat(rows.shape[0]), negative.Repeat(rows.shape[0])))];
        return step.Mean(here, outputs.Length == 1 ? outputs[0] : cat(outputs), timestep).MoveToOuterDisposeScope();
    }

    private Tensor StartingNoise(ulong seed)
    {
        using var generator = new Generator(Seeds.At(seed, 0));
        return Draw(generator).to(options.Storage);
    }

    private Tensor Noise(Generator[] generators, Tensor like) => cat([.. generators.Select(Draw)]).to(like.device);

    private Tensor Draw(Generator generator) => randn(
        [1, model.Unet.Config.InChannels, Height / model.Vae.Config.Factor, Width / model.Vae.Config.Factor], generator: generator);

    private Trajectory Gathered(string prompt, ulong seed, ulong[] seeds, List<Tensor> latents, List<Tensor> means, List<Tensor> scores)
    {
        Tensor path = stack([.. latents.Select(latent => latent.cpu())], 1);
        if (!path.select(1, latents.Count - 1).isfinite().all().item<bool>())
        {
            throw new EngineException(
                $"the model's output for the prompt '{Shortened(prompt)}' is not finite; its weights may hold NaN, or its type be too narrow (take float32)");
        }

        Tensor? kept = options.KeepMeans ? stack([.. means.Select(mean => mean.cpu())], 1) : null;
        Tensor? scored = options.Eta > 0 ? stack([.. scores.Select(score => score.cpu())], 1) : null;
        return new Trajectory(
            new TrajectoryOrigin
            {
                Prompt = prompt,
                Negative = options.Negative,
                Guidance = options.Guidance,
                Eta = options.Eta,
                Seed = seed,
                ImageSeeds = seeds,
                Width = Width,
                Height = Height,
            },
            [.. step.Timesteps],
            path.DetachFromDisposeScope(),
            scored?.DetachFromDisposeScope(),
            kept?.DetachFromDisposeScope());
    }

    private (int Width, int Height) Size()
    {
        int factor = (int)model.Vae.Config.Factor;

        int own = (int)model.Unet.Config.SampleSize * factor;
        var (width, height) = (options.Width > 0 ? options.Width : own, options.Height > 0 ? options.Height : own);
        return width % factor == 0 && height % factor == 0
            ? (width, height)
            : throw new EngineException($"{width} x {height} pixels are impossible; this model makes multiples of {factor}");
    }

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
