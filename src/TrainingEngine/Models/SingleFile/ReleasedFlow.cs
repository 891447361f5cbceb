using System.Globalization;
using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models.T5;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>The shapes of flow models in one file without configs: what its tensors say, and for what they do not say, the released
/// models'.</summary>
internal static class ReleasedFlow
{
    private const long ReleasedHead = 64, LatentSide = 128;
    private static readonly long[] ReleasedAxes = [16, 56, 56];

    public static ClipTextConfig ClipL { get; } = new(49408, 768, 3072, 12, 12, 77, true, 1e-5, 768);
    public static ClipTextConfig ClipG { get; } = new(49408, 1280, 5120, 32, 20, 77, false, 1e-5, 1280);
    public static T5Config T5Xxl { get; } = new(32128, 4096, 64, 10240, 24, 64, new(32, 128), 1e-6);

    public static Sd3Config Medium3 { get; } = new(LatentSide, 2, 16, 24, 24, 64, new(4096, 2048), 192, [], Norms: false);
    public static FluxConfig Dev { get; } = new(64, 19, 38, 24, 128, ReleasedAxes, new(4096, 768), Guided: true);

    /// <summary>Stable Diffusion 3.5 medium without T5, which it does without where there is none.</summary>
    public static Sd3Shape Medium35 { get; } = new(
        Medium3 with { PositionSide = 384, Dual = [.. Enumerable.Range(0, 13).Select(block => (long)block)], Norms = true },
        new(3, 3, 16, [128, 256, 512, 512], 2, 32, 1.5305, 1024)
        {
            ShiftFactor = 0.0609,
            QuantConvolution = false,
            PostQuantConvolution = false,
        }, [ClipL, ClipG]);

    public static VaeConfig Vae(SingleFileLayout file) => new(3, 3, 16, [128, 256, 512, 512], 2, 32,
        file.Family == ModelFamily.Flux ? 0.3611 : 1.5305, 1024)
    {
        ShiftFactor = file.Family == ModelFamily.Flux ? 0.1159 : 0.0609,
        QuantConvolution = false,
        PostQuantConvolution = false,
    };

    /// <exception cref="EngineException">A tensor that tells of the shape is missing.</exception>
    public static Sd3Config Sd3(SingleFileLayout layout)
    {
        using var file = SafeTensors.Open(layout.Path);
        var (patches, position) = (Shape(file, "x_embedder.proj.weight", 4), Shape(file, "pos_embed", 3));
        var norm = Find(file, "joint_blocks.0.x_block.attn.ln_q.weight") is { } key ? file.ShapeOf(key) : null;
        var head = norm is [var width] ? width : ReleasedHead;
        return new(
            LatentSide, patches[2], patches[1], Blocks(file, "joint_blocks.").Count, patches[0] / head, head,
            new(Shape(file, "context_embedder.weight", 2)[1], Shape(file, "y_embedder.mlp.0.weight", 2)[1]),
            (long)Math.Sqrt(position[1]),
            [.. Blocks(file, "joint_blocks.").Where(block => Find(file, $"joint_blocks.{block}.x_block.attn2.qkv.weight") is not null)],
            norm is not null);
    }

    /// <exception cref="EngineException">A tensor that tells of the shape is missing, or its heads are not those of a released
    /// model.</exception>
    public static FluxConfig Flux(SingleFileLayout layout)
    {
        using var file = SafeTensors.Open(layout.Path);
        var (input, head) = (Shape(file, "img_in.weight", 2), Shape(file, "double_blocks.0.img_attn.norm.query_norm.scale", 1)[0]);
        return head != ReleasedAxes.Sum()
            ? throw new EngineException($"{layout.Path}: its heads have {head} elements, and how their places are turned is not in "
                + "the file: its transformer/config.json is needed beside it")
            : new(
                input[1], Blocks(file, "double_blocks.").Count, Blocks(file, "single_blocks.").Count, input[0] / head, head, ReleasedAxes,
                new(Shape(file, "txt_in.weight", 2)[1], Shape(file, "vector_in.in_layer.weight", 2)[1]),
                Find(file, "guidance_in.in_layer.weight") is not null);
    }

    private static long[] Shape(SafeTensors file, string ending, int dimensions) =>
        Find(file, ending) is { } key && file.ShapeOf(key) is var shape && shape.Length == dimensions ? shape
            : throw new EngineException($"{file.Path}: {ending} is missing or has another number of dimensions than {dimensions}");

    private static string? Find(SafeTensors file, string ending) => file.Names.FirstOrDefault(
        name => name == ending || name.EndsWith("." + ending, StringComparison.Ordinal));

    private static IReadOnlyList<long> Blocks(SafeTensors file, string start) =>
    [
        .. file.Names.Select(name => name.IndexOf(start, StringComparison.Ordinal) is >= 0 and var at
                ? name[(at + start.Length)..].Split('.')[0] : "")
            .Where(number => number.Length > 0).Distinct().Select(number => long.Parse(number, CultureInfo.InvariantCulture)).Order(),
    ];
}

/// <summary>The shape of a model of Stable Diffusion 3's family, but for T5.</summary>
/// <param name="TextEncoders">CLIP's, in order.</param>
internal sealed record Sd3Shape(Sd3Config Transformer, VaeConfig Vae, IReadOnlyList<ClipTextConfig> TextEncoders);
