using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.T5;
using Labeler.TrainingEngine.Models.Texts;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Models.Vae;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>Loads Stable Diffusion 3 and FLUX from folders in the diffusers layout, and from single files.</summary>
internal static class FlowModelFolder
{
    /// <summary>Pipelines in model_index.json that mean such a model.</summary>
    public static IReadOnlyList<string> Pipelines { get; } = ["StableDiffusion3Pipeline", "FluxPipeline"];

    /// <param name="folder">The model's.</param>
    /// <param name="pipeline">As model_index.json names it.</param>
    /// <param name="device">Of the weights.</param>
    /// <param name="dtype">What is computed in.</param>
    /// <param name="variant">The weights to take where a folder has several.</param>
    /// <param name="offloaded">Parts that are to leave the device to the others.</param>
    /// <exception cref="EngineException">A part is missing, holds what the engine does not know, or contradicts another.</exception>
    public static StableDiffusion Load(string folder, string pipeline, Device? device, ScalarType dtype, string? variant,
        Offloads offloaded = Offloads.None)
    {
        var parts = new FlowParts(folder, null, device, dtype, variant) { Offloaded = offloaded };
        return pipeline == Pipelines[0] ? Sd3(parts) : Flux(parts);
    }

    /// <summary>Loads a model in one file, in its makers' layout.</summary>
    /// <param name="layout">The file's.</param>
    /// <param name="beside">The folder with the tokenizers, and with what else the file does not hold.</param>
    /// <param name="device">Of the weights.</param>
    /// <param name="dtype">What is computed in.</param>
    /// <param name="offloaded">Parts that are to leave the device to the others.</param>
    /// <exception cref="EngineException">A part is missing, holds what the engine does not know, or contradicts another.</exception>
    public static StableDiffusion Load(SingleFileLayout layout, string beside, Device? device, ScalarType dtype,
        Offloads offloaded = Offloads.None)
    {
        var parts = new FlowParts(beside, layout, device, dtype, variant: null) { Offloaded = offloaded };
        return layout.Family == ModelFamily.StableDiffusion3 ? Sd3(parts) : Flux(parts);
    }

    private static StableDiffusion Sd3(FlowParts parts)
    {
        var (vae, config) = (parts.ConfigOf("vae", VaeConfig.Read, ReleasedFlow.Vae),
            parts.ConfigOf("transformer", Sd3Config.Read, ReleasedFlow.Sd3));
        (ClipTokenizer, ClipTextEncoder)[] clips = [Clip(parts, "", ReleasedFlow.ClipL), Clip(parts, "_2", ReleasedFlow.ClipG)];
        (T5Tokenizer, T5Encoder)? t5 = parts.Has("text_encoder_3") ? T5(parts, "_3") : null;
        var (pooled, side) = (clips.Sum(clip => clip.Item2.Config.ProjectionWidth), clips.Sum(clip => clip.Item2.Config.Width));
        Check(parts.Name,
            (vae.LatentChannels, config.Channels, "vae latent_channels", "in_channels"),
            (pooled, config.Text.Pooled, "the CLIP encoders' projections together", "pooled_projection_dim"),
            (t5?.Item2.Config.Width ?? config.Text.Tokens, config.Text.Tokens, "text_encoder_3 d_model", "joint_attention_dim"),
            (Math.Max(side, config.Text.Tokens), config.Text.Tokens, "the CLIP encoders' widths together", "joint_attention_dim"));
        using var weights = parts.Weights("transformer");
        return new(
            parts.Name, new Sd3Texts(clips, t5, config.Text.Tokens), new Sd3Transformer(config, weights), Vae(parts, vae));
    }

    private static StableDiffusion Flux(FlowParts parts)
    {
        var (vae, config) = (parts.ConfigOf("vae", VaeConfig.Read, ReleasedFlow.Vae),
            parts.ConfigOf("transformer", FluxConfig.Read, ReleasedFlow.Flux));
        var (clip, t5) = (Clip(parts, "", ReleasedFlow.ClipL), T5(parts, "_2"));
        Check(parts.Name,
            (vae.LatentChannels * FluxConfig.Pack * FluxConfig.Pack, config.Inputs, "vae latent_channels, four times", "in_channels"),
            (clip.Item2.Config.Width, config.Text.Pooled, "text_encoder hidden_size", "pooled_projection_dim"),
            (t5.Item2.Config.Width, config.Text.Tokens, "text_encoder_2 d_model", "joint_attention_dim"));
        using var weights = parts.Weights("transformer");
        return new(
            parts.Name, new FluxTexts(clip, t5), new FluxTransformer(config, weights) { SampleSize = vae.SampleSize / vae.Factor },
            Vae(parts, vae));
    }

    private static (ClipTokenizer, ClipTextEncoder) Clip(FlowParts parts, string suffix, ClipTextConfig released)
    {
        var tokenizer = ClipTokenizer.Load(parts.PathOf($"tokenizer{suffix}"));
        var encoder = parts.Clip($"text_encoder{suffix}", released);
        return tokenizer.LargestId < encoder.Config.VocabularySize && tokenizer.MaxLength <= encoder.Config.Positions
            ? (tokenizer, encoder)
            : throw new EngineException($"{parts.Name}: tokenizer{suffix} gives ids up to {tokenizer.LargestId} and {tokenizer.MaxLength} "
                + $"of them, and its text encoder knows {encoder.Config.VocabularySize} (vocab_size) and {encoder.Config.Positions} "
                + "(max_position_embeddings); take all parts from the same model");
    }

    private static (T5Tokenizer, T5Encoder) T5(FlowParts parts, string suffix)
    {
        var tokenizer = T5Tokenizer.Load(parts.PathOf($"tokenizer{suffix}"));
        var encoder = parts.T5($"text_encoder{suffix}");
        return tokenizer.LargestId < encoder.Config.VocabularySize ? (tokenizer, encoder)
            : throw new EngineException($"{parts.Name}: tokenizer{suffix} gives ids up to {tokenizer.LargestId}, and its text encoder "
                + $"knows {encoder.Config.VocabularySize} (vocab_size); take all parts from the same model");
    }

    private static AutoencoderKL Vae(FlowParts parts, VaeConfig config)
    {
        using var weights = parts.Weights("vae", config.Precision(parts.Precision));
        return new(config, weights);
    }

    private static void Check(string folder, params (long Given, long Wanted, string What, string Key)[] widths)
    {
        string[] faults = [.. widths.Where(width => width.Given != width.Wanted).Select(width =>
            $"{width.What} is {width.Given}, and transformer/config.json wants {width.Wanted} ({width.Key})")];
        if (faults.Length > 0)
        {
            throw new EngineException($"{folder}: {string.Join("; ", faults)}; take all parts from the same model");
        }
    }
}
