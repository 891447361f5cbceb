namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>The shape of an <see cref="Sd3Transformer"/>, as diffusers' config.json describes it.</summary>
/// <param name="SampleSize">Width and height of the latents that the model was made for.</param>
/// <param name="PatchSize">Latents are cut into squares of this side.</param>
/// <param name="Channels">Channels of latents.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="HeadWidth">Width of a head.</param>
/// <param name="Text">Widths of the text.</param>
/// <param name="PositionSide">Side of the table of positions, in patches.</param>
/// <param name="Dual">Blocks with a second attention over the image alone (3.5 medium).</param>
/// <param name="Norms">Whether queries and keys pass RMS norms (3.5).</param>
public sealed record Sd3Config(
    long SampleSize, long PatchSize, long Channels, long Layers, long Heads, long HeadWidth, Sd3Config.TextWidths Text, long PositionSide,
    IReadOnlyList<long> Dual, bool Norms)
{
    /// <summary>Widths of the text's tokens and of the pooled text.</summary>
    public sealed record TextWidths(long Tokens, long Pooled);

    /// <summary>Width of both streams.</summary>
    public long Width => Heads * HeadWidth;

    /// <exception cref="EngineException">A key is missing, or its value is one that the engine does not know.</exception>
    public static Sd3Config Read(ConfigFile file)
    {
        file.Only("_class_name", "SD3Transformer2DModel");
        file.Only("qk_norm", "rms_norm");
        var (heads, head, channels) =
            (file.Count("num_attention_heads", 18, 4096), file.Count("attention_head_dim", 64), file.Count("in_channels", 16));
        file.Only("caption_projection_dim", $"{heads * head}");
        file.Only("out_channels", $"{channels}");
        var layers = file.Layers("num_layers", 18);
        var dual = file.Numbers("dual_attention_layers");
        return dual.FirstOrDefault(layer => layer < 0 || layer >= layers, -1) is var wrong and >= 0
            ? throw file.Fault("dual_attention_layers", $"names block {wrong}, of {layers}")
            : new(
                file.Count("sample_size", 128), file.Count("patch_size", 2, 64), channels, layers, heads, head,
                new(file.Count("joint_attention_dim", 4096), file.Count("pooled_projection_dim", 2048)),
                file.Count("pos_embed_max_size", 96, 4096), dual, file.Has("qk_norm"));
    }

    /// <summary>The keys and values of config.json that describe this model to diffusers.</summary>
    public Dictionary<string, object?> ToJson() => new()
    {
        ["_class_name"] = "SD3Transformer2DModel",
        ["attention_head_dim"] = HeadWidth,
        ["caption_projection_dim"] = Width,
        ["dual_attention_layers"] = Dual,
        ["in_channels"] = Channels,
        ["joint_attention_dim"] = Text.Tokens,
        ["num_attention_heads"] = Heads,
        ["num_layers"] = Layers,
        ["out_channels"] = Channels,
        ["patch_size"] = PatchSize,
        ["pooled_projection_dim"] = Text.Pooled,
        ["pos_embed_max_size"] = PositionSide,
        ["qk_norm"] = Norms ? "rms_norm" : null,
        ["sample_size"] = SampleSize,
    };
}
