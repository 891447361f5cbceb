using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>The part of a model that is trained: from a noisy latent, a time and a text to noise, v or velocity.</summary>
public interface IDenoiser
{
    /// <summary>Its folder in a model: <c>unet</c> or <c>transformer</c>.</summary>
    string PartName { get; }

    /// <summary>Switches every layer's adapter off and on together.</summary>
    AdapterSwitch Adapter { get; }

    /// <summary>Shows the outputs of the model's parts.</summary>
    OutputWatch Watch { get; }

    /// <summary>Every weight by its key in checkpoints.</summary>
    IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>The keys and values of config.json that describe this model to diffusers.</summary>
    IReadOnlyDictionary<string, object?> ConfigJson { get; }

    /// <summary>Projections of all attentions: what LoRA adapts by default.</summary>
    IEnumerable<Adaptable> AttentionLayers { get; }

    /// <summary>Every other layer that can carry an adapter.</summary>
    IEnumerable<Adaptable> OtherLayers { get; }

    /// <summary>Every layer that can carry an adapter from a file.</summary>
    IEnumerable<Adaptable> AdaptableLayers => AttentionLayers.Concat(OtherLayers);

    /// <summary>Channels of latents.</summary>
    long LatentChannels { get; }

    /// <summary>Width and height of the latents that the model was made for.</summary>
    long SampleSize { get; }

    /// <summary>Latents are cut into squares of this side, so width and height are multiples of it; 1 for a U-Net.</summary>
    long PatchSize { get; }

    /// <summary>How the guidance scale reaches the model.</summary>
    GuidanceKind Guidance { get; }

    /// <summary>Predicts noise, v or velocity.</summary>
    /// <param name="sample">[N, LatentChannels, H, W].</param>
    /// <param name="timesteps">[N] or [1], 0 to 1000: whole numbers for a U-Net, 1000 times the share of noise for a flow model.</param>
    /// <param name="text">Of N prompts.</param>
    /// <param name="tape">Given where activations are to be computed again in the backward pass instead of kept.</param>
    /// <returns>[N, LatentChannels, H, W].</returns>
    Tensor Forward(Tensor sample, Tensor timesteps, TextConditioning text, SegmentTape? tape = null);
}

/// <summary>How the guidance scale reaches a model.</summary>
public enum GuidanceKind
{
    /// <summary>By a second, unconditional branch (classifier-free guidance).</summary>
    TwoBranches,

    /// <summary>As a number beside the time: the model was distilled from guided ones.</summary>
    Embedded,

    /// <summary>Not at all: the model was distilled for few steps.</summary>
    None,
}
