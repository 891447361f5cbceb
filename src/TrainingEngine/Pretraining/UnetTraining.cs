using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>
/// The second half of pretraining: U-Net and text encoder together, by the mean squared error of the predicted noise
/// (arXiv 2006.11239, L_simple), timesteps stratified over the batch, some prompts left out for guidance (2207.12598).
/// </summary>
public sealed class UnetTraining
{
    private readonly PretrainOptions _options;
    private readonly NoiseSchedule _schedule;
    private readonly LatentPool _pool;
    private readonly Tensor _ids;

    /// <param name="ids">int64 [texts + 1, S]: the pool's texts, then the empty one.</param>
    public UnetTraining(PretrainOptions options, UNetConfig unet, ClipTextConfig text, NoiseSchedule schedule, LatentPool pool, Tensor ids)
    {
        (_options, _schedule, _pool, _ids) = (options, schedule, pool, ids);
        Unet = new(unet, new RandomWeights((ulong)options.Seed * 2 + 1));
        Text = new(text, new RandomWeights((ulong)options.Seed * 2 + 3));
        EmaTrainer = new(
            Unet.Parameters.Select(pair => KeyValuePair.Create($"unet.{pair.Key}", pair.Value))
                .Concat(Text.Parameters.Select(pair => KeyValuePair.Create($"text.{pair.Key}", pair.Value))),
            new(options.UnetRate, 0.999, 0.01, 100, options.UnetSteps, 0.998));
    }

    public UNet2DConditionModel Unet { get; }

    public ClipTextEncoder Text { get; }

    public EmaTrainer EmaTrainer { get; }

    /// <summary>One step on <see cref="PretrainOptions.UnetBatch"/> latents, which its number alone decides.</summary>
    public double Step(ComputeThreads workers, int parts, CancellationToken cancel)
    {
        var step = EmaTrainer.Step;
        var each = _options.UnetBatch / parts;
        return EmaTrainer.Learn(workers, parts, part =>
        {
            using var generator = new Generator(Streams.Seed(_options.Seed, Stream.Unet, (long)step * parts + part));
            return Loss(each, parts, part, generator) / parts;
        }, cancel);
    }

    private Tensor Loss(int count, int parts, int part, Generator generator)
    {
        var places = randint(0, _pool.Prompts.shape[0], [count], ScalarType.Int64, generator: generator);
        var means = _pool.Means.index_select(0, places);
        var latents = means + _pool.Deviations.index_select(0, places) * randn(means.shape, generator: generator);
        var noise = randn(means.shape, generator: generator);
        var all = count * parts;
        var drawn = rand([count], generator: generator).data<float>().ToArray();
        var timesteps =
            drawn.Select(
                (u, n) => Math.Min(_schedule.AlphasCumprod.Count - 1, (long)((n * parts + part + u) / all * _schedule.AlphasCumprod.Count)))
                    .ToArray();
        var dropped = rand([count], generator: generator) < _options.EmptyPrompts;
        var prompts = where(dropped, full_like(places, _pool.Texts.Length), _pool.Prompts.index_select(0, places));
        var context = Text.Forward(_ids).Last.index_select(0, prompts);
        var predicted = Unet.Forward(_schedule.AddNoise(latents, noise, timesteps), tensor(timesteps), new TextConditioning(context));
        return nn.functional.mse_loss(predicted, _schedule.Target(latents, noise, timesteps));
    }
}
