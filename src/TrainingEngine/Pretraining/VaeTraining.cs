using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>
/// The first half of pretraining: the autoencoder, on freshly drawn scenes.
/// Loss: L1 + 2·MSE + L1 of the differences between neighbouring pixels (crisp edges) + 3e-4·KL to the standard normal.
/// </summary>
public sealed class VaeTraining
{
    private const double KlWeight = 3e-4;
    private readonly PretrainOptions _options;
    private readonly int _size;

    public VaeTraining(PretrainOptions options, VaeConfig config)
    {
        (_options, _size) = (options, (int)config.SampleSize);
        Vae = new(config, new RandomWeights((ulong)options.Seed * 2));
        EmaTrainer = new(Vae.Parameters, new(options.VaeRate, 0.99, 0, 60, options.VaeSteps, 0.995));
    }

    public AutoencoderKL Vae { get; }

    public EmaTrainer EmaTrainer { get; }

    /// <summary>One step on <see cref="PretrainOptions.VaeBatch"/> new scenes, which its number alone decides.</summary>
    public double Step(ComputeThreads workers, int parts, CancellationToken cancel)
    {
        var step = EmaTrainer.Step;
        var each = _options.VaeBatch / parts;
        return EmaTrainer.Learn(workers, parts, part =>
        {
            var first = (step * parts + part) * (long)each;
            var images =
                Pixels.ToTensor([.. Enumerable.Range(0, each).Select(n => Scene.Draw(_options.Seed, first + n, size: _size).Picture)]);
            using var generator = new Generator(Streams.Seed(_options.Seed, Stream.Vae, first));
            return Loss(images, generator) / parts;
        }, cancel);
    }

    /// <summary>Pictures on the left of each pair, what the averaged autoencoder makes of them on the right.</summary>
    public Labeler.Shared.Imaging.Picture[] Sheet(int count)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var averaged = EmaTrainer.Averaged();
        var drawn = Enumerable.Range(0, count).Select(n => Scene.Draw(_options.Seed + 1, n, size: _size).Picture).ToArray();
        var restored = Pixels.ToPictures(Vae.Decode(Vae.Encode(Pixels.ToTensor(drawn)).Mean));
        return [.. drawn.Zip(restored).SelectMany(pair => new[] { pair.First, pair.Second })];
    }

    /// <summary>Peak signal-to-noise ratio of the averaged autoencoder on scenes it has not seen, in decibels.</summary>
    public double Psnr(int count)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var averaged = EmaTrainer.Averaged();
        var images = Pixels.ToTensor([.. Enumerable.Range(0, count).Select(n => Scene.Draw(_options.Seed + 2, n, size: _size).Picture)]);
        var error = (Vae.Decode(Vae.Encode(images).Mean).clamp(-1, 1) - images).square().mean().item<float>();
        return 10 * Math.Log10(4 / error);
    }

    private Tensor Loss(Tensor images, Generator generator)
    {
        var (mean, logVariance) = Vae.Encode(images);
        var latent = mean + exp(0.5 * logVariance) * randn(mean.shape, generator: generator);
        var difference = Vae.Decode(latent) - images;
        var across = difference.slice(3, 1, _size, 1) - difference.slice(3, 0, _size - 1, 1);
        var down = difference.slice(2, 1, _size, 1) - difference.slice(2, 0, _size - 1, 1);
        var kl = 0.5 * (mean.square() + logVariance.exp() - 1 - logVariance).mean();
        return difference.abs().mean() + 2 * difference.square().mean() + across.abs().mean() + down.abs().mean() + KlWeight * kl;
    }
}
