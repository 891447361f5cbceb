using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>A group to sample.</summary>
/// <param name="Prompt">Of all its images.</param>
/// <param name="Seed">Of the starting noise and of every image's own noise.</param>
public sealed record GroupRequest(string Prompt, ulong Seed);

/// <summary>
/// Samples groups of images: one starting noise for all images of a group, then each its own path. Every image has its
/// own generator on the CPU, so its noise depends neither on the others nor on the device.
/// </summary>
public sealed class Sampler
{
    private const int RowsTogether = 56;

    private readonly StableDiffusion _model;
    private readonly SamplingOptions _options;
    private readonly GuidedDenoiser _denoiser;
    private readonly IPolicyStep _step;
    private readonly TextConditioning _negative;
    private readonly Device _device;
    private readonly ScalarType _precision;

    /// <exception cref="EngineException">An option is impossible for this model.</exception>
    public Sampler(StableDiffusion model, ISchedule schedule, SamplingOptions options)
    {
        (_model, _options) = (model, options);
        _denoiser = new GuidedDenoiser(model.Denoiser, options.Guidance);
        (Width, Height) = ImageSize.Of(model, options.Width, options.Height);
        if (!options.Window.IsEverything && !model.IsFlow)
        {
            throw new EngineException("a window of noisy steps is of flow models; this model's steps all add noise");
        }
        _step = schedule.Steps(options.Steps, options.Eta, options.Noise, ModelSchedule.TokensOf(model, Width, Height), options.Window);
        if (options.GroupSize < 1)
        {
            throw new EngineException($"a group of {options.GroupSize} images is impossible; at least 1 is needed");
        }

        (_device, _precision) = (model.Device, model.Precision);
        using var gradients = no_grad();
        _negative = model.EncodeNegative(options.Negative, (Width, Height));
    }

    /// <summary>Width of the images in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the images in pixels.</summary>
    public int Height { get; }

    /// <summary>Which noise is added to a flow model's steps; empty for others and for none.</summary>
    public string Noise => _model.IsFlow && _options.Eta > 0 ? FlowNoiseNames.Of(_options.Noise) : "";

    /// <summary>
    /// Groups that are computed together: of a small model several, because libtorch's processor kernels reach their speed
    /// from a few dozen rows on. It decides the last bits, so it follows from the options and the model alone.
    /// </summary>
    public int GroupsTogether => _options.ImagesAtOnce > 0 || _model.IsSmall && _device.type == DeviceType.CPU
        ? MostTogether(_options, _denoiser.IsGuided) : 1;

    /// <summary>Groups computed together where the model is small and on the processor, with a second branch by guidance or not.</summary>
    public static int MostTogether(SamplingOptions options, bool guided) => Math.Max(1, options.ImagesAtOnce > 0
        ? options.ImagesAtOnce / options.GroupSize : RowsTogether / (options.GroupSize * (guided ? 2 : 1)));

    /// <summary>Samples the images of one prompt. The caller frees the trajectory.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="seed">The group's seed.</param>
    /// <param name="stop">Looked at between steps.</param>
    /// <param name="afterStep">Called after every step.</param>
    /// <exception cref="EngineException">The model's output is not finite.</exception>
    public Trajectory Sample(string prompt, ulong seed, CancellationToken stop = default, Action? afterStep = null) =>
        Sample([new GroupRequest(prompt, seed)], stop, afterStep)[0];

    /// <summary>Samples several groups in the same forward calls. The caller frees the trajectories.</summary>
    /// <param name="groups">Prompt and seed of each.</param>
    /// <param name="stop">Looked at between steps.</param>
    /// <param name="afterStep">Called after every step of all of them.</param>
    /// <exception cref="EngineException">The model's output is not finite.</exception>
    public IReadOnlyList<Trajectory> Sample(IReadOnlyList<GroupRequest> groups, CancellationToken stop = default, Action? afterStep = null)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        ulong[][] seeds =
            [.. groups.Select(
                group => Enumerable.Range(0, _options.GroupSize).Select(image => Seeds.At(group.Seed, 1, (ulong)image)).ToArray())];
        Generator[] generators = [.. seeds.SelectMany(group => group).Select(image => new Generator(image))];
        try
        {
            TextConditioning texts = _model.Encode([.. groups.Select(group => group.Prompt)], (Width, Height));
            Tensor starts = cat([.. groups.Select(group => StartingNoise(group.Seed))]); // [groups, c, h, w]
            Tensor groupOfRow =
                tensor([.. Enumerable.Range(0, groups.Count * _options.GroupSize).Select(row => (long)(row / _options.GroupSize))],
                    device: _device);
            TextConditioning textOfRow = texts.At(groupOfRow);
            var (latents, means, scores) =
                (new List<Tensor> { starts.index_select(0, groupOfRow.cpu()) }, new List<Tensor>(), new List<Tensor>());
            foreach (long timestep in _step.Timesteps)
            {
                stop.ThrowIfCancellationRequested();
                // Up to the first noise one row stands for all images of a group, as they are equal.
                bool alike = latents.Count - 1 <= _options.Window.First && (latents.Count == 1 || !_options.Window.IsEverything);
                Tensor mean = alike ? Mean(starts, timestep, texts) : Mean(latents[^1], timestep, textOfRow);
                if (alike)
                {
                    starts = mean.to(_options.Storage);
                    mean = mean.index_select(0, groupOfRow);
                }

                bool noisy = _options.Eta > 0 && _options.Window.Has(latents.Count - 1);
                Tensor next = noisy ? _step.Next(mean, Drawn(generators, mean), timestep) : mean;

                // Round first, then score: the ratio to the same policy is then 1 in training.
                latents.Add(next.to(_options.Storage));
                means.Add(mean);
                scores.Add(_step.LogProbability(mean, latents[^1], timestep));
                afterStep?.Invoke();
            }

            return Gathered(groups, seeds, latents, means, scores);
        }
        finally
        {
            Array.ForEach(generators, generator => generator.Dispose());
        }
    }

    /// <summary>The mean of the next latents, [n, c, h, w], of any number of rows.</summary>
    private Tensor Mean(Tensor latents, long timestep, TextConditioning text)
    {
        using var scope = NewDisposeScope();
        Tensor here = latents.to(_device);
        long rows = here.shape[0], atOnce = _options.ImagesAtOnce > 0 ? _options.ImagesAtOnce : rows;
        var outputs = new List<Tensor>();
        for (long first = 0; first < rows; first += atOnce)
        {
            long count = Math.Min(atOnce, rows - first);
            TextConditioning said = count == rows ? text : text.At(arange(first, first + count, int64, _device));
            Tensor part = here.narrow(0, first, count).to(_precision);
            outputs.Add(_denoiser.Predict(part, [_step.TimeOf(timestep)], said, _negative.Repeat(count)));
        }

        return _step.Mean(here, outputs.Count == 1 ? outputs[0] : cat(outputs), timestep).MoveToOuterDisposeScope();
    }

    private Tensor StartingNoise(ulong seed)
    {
        using var generator = new Generator(Seeds.At(seed, 0));
        return Draw(generator).to(_options.Storage);
    }

    private Tensor Drawn(Generator[] generators, Tensor like) => cat([.. generators.Select(Draw)]).to(like.device);

    private Tensor Draw(Generator generator) => randn(
        [1, _model.Denoiser.LatentChannels, Height / _model.Vae.Config.Factor, Width / _model.Vae.Config.Factor], generator: generator);

    private IReadOnlyList<Trajectory> Gathered(
        IReadOnlyList<GroupRequest> groups, ulong[][] seeds, List<Tensor> latents, List<Tensor> means, List<Tensor> scores)
    {
        Tensor path = stack([.. latents.Select(latent => latent.cpu())], 1);
        Tensor? kept = _options.KeepMeans ? stack([.. means.Select(mean => mean.cpu())], 1) : null;
        Tensor? scored = _options.Eta > 0 ? stack([.. scores.Select(score => score.cpu())], 1) : null;
        Tensor[] final = [.. Enumerable.Range(0, groups.Count).Select(group => Of(group, path).select(1, latents.Count - 1))];
        if (Array.FindIndex(final, images => !images.isfinite().all().item<bool>()) is var broken and >= 0)
        {
            throw new EngineException(
                $"the model's output for the prompt '{Shortened(groups[broken].Prompt)}' is not finite; its weights may hold NaN, or its "
                    + $"type be too narrow (take float32)");
        }

        return [.. groups.Select((group, index) => new Trajectory(
            new TrajectoryOrigin
            {
                Prompt = group.Prompt,
                Negative = _options.Negative,
                Guidance = _options.Guidance,
                Eta = _options.Eta,
                Noise = Noise,
                Window = Noise.Length > 0 ? _options.Window : default,
                Precision = MixedPrecision.IsNarrow(_precision) ? _precision.Name() : "",
                Seed = group.Seed,
                ImageSeeds = seeds[index],
                Width = Width,
                Height = Height,
            },
            [.. _step.Timesteps],
            Of(index, path).clone().DetachFromDisposeScope(),
            scored is null ? null : Of(index, scored).clone().DetachFromDisposeScope(),
            kept is null ? null : Of(index, kept).clone().DetachFromDisposeScope()))];
    }

    private Tensor Of(int group, Tensor rows) => rows.narrow(0, (long)group * _options.GroupSize, _options.GroupSize);

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
