using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models.Layers;

namespace Labeler.TrainingEngine.Lora;

/// <summary>Layers of one part of a model that can carry branches.</summary>
/// <param name="Name">The part's folder: <c>unet</c>, <c>transformer</c>, <c>text_encoder</c>, <c>text_encoder_2</c>, …</param>
public sealed record LoraPartLayers(string Name, IReadOnlyList<Adaptable> Layers);

/// <summary>
/// The model that an adapter is laid on, as far as an adapter's file has to do with it: parts, names of layers and shapes of their
/// weights.
/// </summary>
public sealed class LoraBase
{
    private static readonly string[] Denoisers = ["unet", "transformer"];

    /// <param name="parts">By part, and in it by the layer's path: the shape of its weight.</param>
    public LoraBase(IReadOnlyDictionary<string, IReadOnlyDictionary<string, long[]>> parts)
    {
        Parts = parts;
        Shapes = parts.SelectMany(part => part.Value.Select(layer => (Name: $"{part.Key}.{layer.Key}", Shape: layer.Value)))
            .ToDictionary(layer => layer.Name, layer => layer.Shape, StringComparer.Ordinal);
    }

    public LoraBase(IEnumerable<LoraPartLayers> parts)
        : this(parts.ToDictionary(part => part.Name, part => (IReadOnlyDictionary<string, long[]>)part.Layers.ToDictionary(
            layer => layer.Path, layer => layer.Weight.shape, StringComparer.Ordinal)))
    {
    }

    /// <summary>By part, and in it by the layer's path: the shape of its weight.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long[]>> Parts { get; }

    /// <summary>The shape of every layer's weight, by part and path: <c>unet.conv_in</c>.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <summary>The part that makes pictures.</summary>
    public string? Denoiser => Denoisers.FirstOrDefault(Parts.ContainsKey);

    /// <summary>How many numbers a token of a text has; null where that is not seen.</summary>
    public long? TextWidth => Parts.GetValueOrDefault("unet") is { } unet
        && unet.Keys.Order(StringComparer.Ordinal).FirstOrDefault(path => path.EndsWith(".attn2.to_k", StringComparison.Ordinal)) is { } key
        ? unet[key][1] : null;

    /// <summary>What kind of model it is.</summary>
    public ModelFamily Family
    {
        get
        {
            var paths = Shapes.Keys.ToList();
            return Parts.ContainsKey("transformer")
                ? paths.Any(path => path.Contains("single_transformer_blocks.", StringComparison.Ordinal)) ? ModelFamily.Flux
                    : ModelFamily.StableDiffusion3
                : Shapes.ContainsKey("unet.add_embedding.linear_1") ? ModelFamily.StableDiffusionXl
                : TextWidth == 1024 || (TextWidth != 768 && paths.Any(path =>
                    path.EndsWith(".proj_in", StringComparison.Ordinal) && Shapes[path].Length == 2)) ? ModelFamily.StableDiffusion2
                : ModelFamily.StableDiffusion1;
        }
    }

    /// <summary>A layer's name as a part and a path in it.</summary>
    public static (string Part, string Path) Split(string layer)
    {
        var dot = layer.IndexOf('.', StringComparison.Ordinal);
        return (layer[..dot], layer[(dot + 1)..]);
    }
}
