using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.T5;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Memory;

/// <summary>Footprints of models that are loaded, and of released ones, known from shapes alone.</summary>
public static class Footprints
{
    /// <summary>Released models whose footprint is known without their files.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ReleasedShape.All.Select(shape => shape.Name), "sd3-medium", "sd35-medium",
        "flux-dev"];

    /// <summary>That of a released model.</summary>
    /// <exception cref="EngineException">It is none of <see cref="Names"/>.</exception>
    public static ModelFootprint Like(string name) => name switch
    {
        "sd35-medium" => Flow(
            weights => new Sd3Transformer(ReleasedFlow.Medium35.Transformer, weights), [ReleasedFlow.ClipL, ReleasedFlow.ClipG]),
        "sd3-medium" => Flow(weights => new Sd3Transformer(ReleasedFlow.Medium3, weights), [ReleasedFlow.ClipL, ReleasedFlow.ClipG]),
        "flux-dev" => Flow(weights => new FluxTransformer(ReleasedFlow.Dev, weights), [ReleasedFlow.ClipL]),
        _ => ReleasedShape.All.FirstOrDefault(shape => shape.Name == name) is { } shape
            ? Of(weights => new UNet2DConditionModel(shape.Unet, weights), [.. shape.TextEncoders], shape.Vae)
            : throw new EngineException($"{name} is unknown; known are {string.Join(", ", Names)}"),
    };

    /// <summary>That of a model that is loaded.</summary>
    public static ModelFootprint Of(StableDiffusion model) => WithTexts(new(
        Numbers(model.Denoiser.Parameters.Values), Adapted(model.Denoiser),
        model.TextEncoders.Sum(text => Numbers(text.Parameters.Values)) + (model.T5 is { } t5 ? Numbers(t5.Parameters.Values) : 0),
        Numbers(model.Vae.Parameters.Values), ShapeOf(model.Vae.Config), ShapeOf(model.Denoiser),
        (int)(model.Denoiser.SampleSize * model.Vae.Config.Factor))
    {
        TakesTwoBranches = model.Denoiser.Guidance == GuidanceKind.TwoBranches,
    }, model.TextEncoders.Select(text => text.Config));

    /// <summary>What a denoiser's activations follow from.</summary>
    public static DenoiserShape ShapeOf(IDenoiser denoiser) => denoiser switch
    {
        UNet2DConditionModel { Config: var unet } =>
            new UNetShape(unet.Channels, unet.LayersPerBlock, unet.CrossAttention, unet.TransformerLayers, unet.Heads),
        Sd3Transformer { Config: var sd3 } => new TransformerShape(sd3.Layers, sd3.Width, sd3.Heads, sd3.PatchSize),
        FluxTransformer { Config: var flux } =>
            new TransformerShape(flux.DoubleBlocks + flux.SingleBlocks, flux.Width, flux.Heads, FluxConfig.Pack),
        _ => throw new InvalidOperationException($"The shape of a {denoiser.GetType().Name} is unknown."),
    };

    private static VaeShape ShapeOf(VaeConfig vae) => new(vae.Channels, vae.ForceUpcast);

    private static ModelFootprint Flow(Func<WeightSource, IDenoiser> make, ClipTextConfig[] clips)
    {
        var model = Of(make, clips, ReleasedFlow.Medium35.Vae);
        return model with { Texts = model.Texts + ShapesOnly.NumbersOf(weights => new T5Encoder(ReleasedFlow.T5Xxl, weights)) };
    }

    private static ModelFootprint Of(Func<WeightSource, IDenoiser> make, ClipTextConfig[] clips, VaeConfig vae)
    {
        var (adapted, shape) = (0L, (DenoiserShape?)null);
        var denoiser = ShapesOnly.NumbersOf(weights =>
        {
            var made = make(weights);
            (adapted, shape) = (Adapted(made), ShapeOf(made));
        });
        var texts = clips.Sum(clip => ShapesOnly.NumbersOf(weights => new ClipTextEncoder(clip, weights)));
        return WithTexts(new(denoiser, adapted, texts, ShapesOnly.NumbersOf(weights => new AutoencoderKL(vae, weights)), ShapeOf(vae),
            shape!, (int)vae.SampleSize), clips);
    }

    private static ModelFootprint WithTexts(ModelFootprint model, IEnumerable<ClipTextConfig> clips)
    {
        ClipShape[] shapes = [.. clips.Select(clip => new ClipShape(clip.Layers, clip.Width, clip.Positions))];
        return model with { AdaptedTexts = shapes.Sum(clip => clip.Adapted), TextActivations = shapes.Sum(clip => clip.Kept) };
    }

    private static long Adapted(IDenoiser denoiser) =>
        denoiser.AttentionLayers.Sum(layer => layer.Weight.shape[0] + (layer.Weight.numel() / layer.Weight.shape[0]));

    private static long Numbers(IEnumerable<Tensor> weights) => weights.Sum(weight => weight.numel());
}
