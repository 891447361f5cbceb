using System.Globalization;

namespace Labeler.Shared.Memory;

/// <summary>Shapes of a model's parts, by the names and shapes of their tensors in their makers' layouts.</summary>
internal static class SingleFileShapes
{
    private const long HeadWidth = 64, HeadsOfFirst = 8;

    /// <returns>Null where a tensor that tells of the shape is missing.</returns>
    public static DenoiserShape? Of(SingleFileHeader file)
    {
        var tensors = file.Denoiser.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape, StringComparer.Ordinal);
        long Blocks(string start) => Counted(tensors.Keys, start).Count;
        long? Side(string name, int dimension) =>
            tensors.GetValueOrDefault(name) is { } shape && shape.Count > dimension && shape[dimension] > 0 ? shape[dimension] : null;
        return file.Family switch
        {
            ModelFamily.Flux => Side("img_in.weight", 0) is { } width
                && Side("double_blocks.0.img_attn.norm.query_norm.scale", 0) is { } head
                ? new TransformerShape(Blocks("double_blocks.") + Blocks("single_blocks."), width, width / head, TokenSide: 2) : null,
            ModelFamily.StableDiffusion3 => Side("x_embedder.proj.weight", 0) is { } width && Side("x_embedder.proj.weight", 2) is { } patch
                ? new TransformerShape(
                    Blocks("joint_blocks."), width, width / (Side("joint_blocks.0.x_block.attn.ln_q.weight", 0) ?? HeadWidth), patch)
                : null,
            _ => UNet(tensors, file.Family),
        };
    }

    /// <summary>A CLIP text encoder in the layout of transformers or of OpenCLIP; null for another, or for none.</summary>
    public static ClipShape? Clip(IReadOnlyList<TensorHeader> tensors)
    {
        var places = tensors.FirstOrDefault(tensor => tensor.Name.EndsWith("position_embedding.weight", StringComparison.Ordinal)
            || tensor.Name == "positional_embedding");
        return places?.Shape is [var positions, var width]
            ? new(Counted(tensors.Select(tensor => tensor.Name), LayersOf(tensors)).Count, width, positions) : null;
    }

    /// <summary>What the names of its last layer begin with; null where there is none.</summary>
    public static string? LastBlock(IReadOnlyList<TensorHeader> tensors)
    {
        var start = LayersOf(tensors);
        return Counted(tensors.Select(tensor => tensor.Name), start) is { Count: > 0 } layers
            ? string.Create(CultureInfo.InvariantCulture, $"{start}{layers.Max}.") : null;
    }

    /// <summary>Numbers of an adapter of rank 1 on a tensor of a denoiser; one with queries, keys and values has three.</summary>
    public static long Adapted(TensorHeader tensor)
    {
        if (tensor.Shape is not [> 0 and var rows, ..] || !tensor.Name.EndsWith(".weight", StringComparison.Ordinal))
        {
            return 0;
        }
        var (layer, columns) = (tensor.Name[..^".weight".Length], tensor.Numbers / rows);
        return AttentionLayers.Has(layer) || Ends(".proj") ? rows + columns
            : Ends(".qkv") ? rows + (3 * columns)
            // Of one stream: queries, keys and values as wide as what goes in, and the feed-forward behind them.
            : layer.StartsWith("single_blocks.", StringComparison.Ordinal) && layer.EndsWith(".linear1", StringComparison.Ordinal)
                ? 6 * columns : 0;

        bool Ends(string projection) => layer.EndsWith($"attn{projection}", StringComparison.Ordinal)
            || layer.EndsWith($"attn2{projection}", StringComparison.Ordinal);
    }

    // Places count on through the levels; a level's last one halves the picture.
    private static UNetShape? UNet(Dictionary<string, IReadOnlyList<long>> tensors, ModelFamily family)
    {
        var halved = Counted(tensors.Keys, "input_blocks.", ".0.op.weight");
        var layers = (halved.Count > 0 ? halved.Min : Counted(tensors.Keys, "input_blocks.").Max + 1) - 1;
        var places = Enumerable.Range(0, halved.Count + 1).Select(level => (level * (layers + 1)) + 1).ToList();
        var widths = places.Select(place => tensors.GetValueOrDefault($"input_blocks.{place}.0.in_layers.2.weight")).ToList();
        if (layers < 1 || widths.Any(shape => shape is not [> 0, ..]))
        {
            return null;
        }
        long[] channels = [.. widths.Select(shape => shape![0])];
        long[] blocks = [.. places.Select(place => (long)Counted(tensors.Keys, $"input_blocks.{place}.1.transformer_blocks.").Count)];
        return new(channels, layers, [.. blocks.Select(count => count > 0)], blocks,
            [.. channels.Select(width => family == ModelFamily.StableDiffusion1 ? HeadsOfFirst : Math.Max(1, width / HeadWidth))]);
    }

    private static string LayersOf(IReadOnlyList<TensorHeader> tensors) =>
        tensors.Any(tensor => tensor.Name.StartsWith("transformer.resblocks.", StringComparison.Ordinal)) ? "transformer.resblocks."
            : tensors.Any(tensor => tensor.Name.StartsWith("text_model.", StringComparison.Ordinal)) ? "text_model.encoder.layers."
            : "encoder.layers.";

    // The numbers that stand behind a beginning of names.
    private static SortedSet<int> Counted(IEnumerable<string> names, string start, string ending = "") =>
    [
        .. names.Where(name => name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(ending, StringComparison.Ordinal))
            .Select(name => name[start.Length..].Split('.')[0])
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .Where(number => number >= 0),
    ];
}
