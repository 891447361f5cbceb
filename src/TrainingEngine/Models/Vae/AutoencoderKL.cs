using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Vae;

/// <summary>Gaussians over latents, one for each element.</summary>
/// <param name="Mean">[N, LatentChannels, h, w].</param>
/// <param name="LogVariance">The same shape, clamped to −30 … 20.</param>
public readonly record struct LatentDistribution(Tensor Mean, Tensor LogVariance)
{
    /// <summary>One draw, from standard normal noise of the mean's shape.</summary>
    public Tensor Sample(Tensor noise) => Mean + exp(LogVariance * 0.5) * noise;
}

/// <summary>The autoencoder of Stable Diffusion (arXiv 2112.10752), named and shaped as in diffusers.</summary>
public sealed class AutoencoderKL
{
    internal const double Epsilon = 1e-6;
    private readonly Encoder _encoder;
    private readonly Decoder _decoder;
    private readonly Conv2d? _quantise, _unquantise;

    public AutoencoderKL(VaeConfig config, WeightSource source)
    {
        Config = config;
        var part = ModelPart.Root(source);
        _encoder = new(part["encoder"], config);
        _decoder = new(part["decoder"], config);
        _quantise = config.QuantConvolution
            ? new(part, "quant_conv", 2 * config.LatentChannels, 2 * config.LatentChannels, 1) : null;
        _unquantise = config.PostQuantConvolution
            ? new(part, "post_quant_conv", config.LatentChannels, config.LatentChannels, 1) : null;
        source.Finish();
        Parameters = source.Taken;
    }

    public VaeConfig Config { get; }

    /// <summary>Every weight by its key in checkpoints.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>The same on another device; the caller frees its weights.</summary>
    public AutoencoderKL CopiedTo(Device device) => new(Config, new CopiedWeights(Parameters, device));

    /// <param name="images">[N, 3, H, W] in −1 … 1; H and W multiples of <see cref="VaeConfig.Factor"/>.</param>
    /// <returns>[N, LatentChannels, H/f, W/f], not yet scaled.</returns>
    public LatentDistribution Encode(Tensor images)
    {
        using var scope = NewDisposeScope();
        var encoded = _encoder.Forward(images);
        var halves = (_quantise?.Forward(encoded) ?? encoded).chunk(2, 1);
        return new(scope.MoveToOuter(halves[0]), scope.MoveToOuter(halves[1].clamp(-30, 20)));
    }

    /// <param name="latents">[N, LatentChannels, h, w], not scaled (the denoiser's come here through <see cref="Unscaled"/>).</param>
    /// <returns>[N, 3, f·h, f·w], about −1 … 1, not clamped.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(_decoder.Forward(_unquantise?.Forward(latents) ?? latents));
    }

    /// <summary>Latents as the denoiser has them: (latent − shift) · scale.</summary>
    public Tensor Scaled(Tensor latents) =>
        Config.ShiftFactor == 0 ? latents * Config.ScalingFactor : (latents - Config.ShiftFactor) * Config.ScalingFactor;

    /// <summary>The denoiser's latents as the decoder takes them: latent / scale + shift.</summary>
    public Tensor Unscaled(Tensor latents) =>
        Config.ShiftFactor == 0 ? latents / Config.ScalingFactor : (latents / Config.ScalingFactor) + Config.ShiftFactor;
}
