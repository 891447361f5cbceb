using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Lora;

/// <summary>A layer that a name in a file means, and which of the rows of the file's second matrix are its own.</summary>
public readonly record struct LoraTarget(string Layer, Piece Piece);

/// <summary>What the makers' layouts call the layers of a denoiser; several layers may be one there.</summary>
internal static class ForeignLayers
{
    /// <summary>The other names of a part's layers, dotted, and the layers that each means.</summary>
    /// <param name="part">As <c>unet</c> or <c>transformer</c>.</param>
    /// <param name="paths">The layers' paths in it.</param>
    public static IEnumerable<(string Name, LoraTarget Target)> Of(string part, IReadOnlyCollection<string> paths)
    {
        Func<string, StoredAs?>? names = part switch
        {
            "unet" => UNetNames.Of(paths).Of,
            "transformer" when paths.Any(path => path.StartsWith("single_transformer_blocks.", StringComparison.Ordinal)) => FluxNames.Of,
            "transformer" => Sd3Names.Of(paths).Of,
            _ => null,
        };
        foreach (var path in paths)
        {
            if (names?.Invoke($"{path}.weight") is { } stored && stored.Key.EndsWith(".weight", StringComparison.Ordinal))
            {
                var (name, target) = (stored.Key[..^".weight".Length], new LoraTarget($"{part}.{path}", stored.Piece));
                yield return (name, target);
                if (AtXLabs(name, stored.Piece) is { } other)
                {
                    yield return (other, target);
                }
            }
        }
    }

    /// <summary>XLabs' names of FLUX's attentions, whose single blocks leave the feed-forward's rows out.</summary>
    private static string? AtXLabs(string name, Piece piece)
    {
        var parts = name.Split('.', 3);
        return parts is not [var kind, var number, var rest] ? null : (kind, rest) switch
        {
            ("double_blocks", "img_attn.qkv") => $"{kind}.{number}.processor.qkv_lora1",
            ("double_blocks", "img_attn.proj") => $"{kind}.{number}.processor.proj_lora1",
            ("double_blocks", "txt_attn.qkv") => $"{kind}.{number}.processor.qkv_lora2",
            ("double_blocks", "txt_attn.proj") => $"{kind}.{number}.processor.proj_lora2",
            ("single_blocks", "linear1") when piece != Piece.Rest => $"{kind}.{number}.processor.qkv_lora",
            ("single_blocks", "linear2") => $"{kind}.{number}.processor.proj_lora",
            _ => null,
        };
    }
}
