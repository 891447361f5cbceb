namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>The shape of a <see cref="FluxTransformer"/>, as diffusers' config.json describes it.</summary>
/// <param name="Inputs">Width of a packed token: four latent elements of every channel.</param>
/// <param name="DoubleBlocks">Blocks with two streams.</param>
/// <param name="SingleBlocks">Blocks with one stream.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="HeadWidth">Width of a head.</param>
/// <param name="Axes">Elements of a head that turn with each axis of the place: number, row, column.</param>
/// <param name="Text">Widths of the text.</param>
/// <param name="Guided">Whether the guidance scale is an input (dev), or the model was distilled further (schnell).</param>
public sealed record FluxConfig(
    long Inputs, long DoubleBlocks, long SingleBlocks, long Heads, long HeadWidth, IReadOnlyList<long> Axes, Sd3Config.TextWidths Text,
    bool Guided)
{
    /// <summary>The model's name in configs.</summary>
    public const string ClassName = "FluxTransformer2DModel";

    /// <summary>Latents are packed by squares of this side.</summary>
    public const long Pack = 2;

    /// <summary>Axes of a token's place.</summary>
    public const int PlaceAxes = 3;

    /// <summary>Width of both streams.</summary>
    public long Width => Heads * HeadWidth;

    /// <exception cref="EngineException">A key is missing, or its value is one that the engine does not know.</exception>
    public static FluxConfig Read(ConfigFile file)
    {
        file.Only("_class_name", ClassName);
        file.Only("patch_size", "1");
        var (heads, head, inputs) =
            (file.Count("num_attention_heads", 24, 4096), file.Count("attention_head_dim", 128), file.Count("in_channels", 64));
        file.Only("out_channels", $"{inputs}");
        file.Divides("in_channels", [Pack * Pack], [inputs]);
        long[] axes = file.Has("axes_dims_rope") ? file.Counts("axes_dims_rope") : [16, 56, 56];
        return axes.Length != PlaceAxes || axes.Sum() != head || axes.Any(axis => axis % 2 != 0)
            ? throw file.Fault("axes_dims_rope", $"is {string.Join(", ", axes)}; {PlaceAxes} even numbers with the sum {head} are needed")
            : new(
                inputs, file.Layers("num_layers", 19), file.Layers("num_single_layers", 38), heads, head, axes,
                new(file.Count("joint_attention_dim", 4096), file.Count("pooled_projection_dim", 768)), file.Bool("guidance_embeds"));
    }

    /// <summary>The keys and values of config.json that describe this model to diffusers.</summary>
    public Dictionary<string, object?> ToJson() => new()
    {
        ["_class_name"] = ClassName,
        ["attention_head_dim"] = HeadWidth,
        ["axes_dims_rope"] = Axes,
        ["guidance_embeds"] = Guided,
        ["in_channels"] = Inputs,
        ["joint_attention_dim"] = Text.Tokens,
        ["num_attention_heads"] = Heads,
        ["num_layers"] = DoubleBlocks,
        ["num_single_layers"] = SingleBlocks,
        ["patch_size"] = 1,
        ["pooled_projection_dim"] = Text.Pooled,
    };
}
