using System.Text.Json;

namespace Labeler.Shared.Memory;

/// <summary>The footprint of a model that lies in a folder, by its configs and the headers of its files.</summary>
public static class StoredFootprint
{
    private const int LargestConfig = 1024 * 1024;

    /// <param name="folder">In the diffusers layout.</param>
    /// <returns>Null where a config does not say what is asked of it.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="JsonException">A file is damaged.</exception>
    public static ModelFootprint? Read(string folder)
    {
        var part = Directory.Exists(Path.Combine(folder, "unet")) ? "unet" : "transformer";
        if (Config(folder, part) is not { } denoiser || Config(folder, "vae") is not { } vae
            || Levels(vae, "block_out_channels") is not { Length: > 0 } channels || ShapeOf(denoiser, part) is not { } shape)
        {
            return null;
        }
        var (own, texts) = (Tensors(folder, part), Directory.GetDirectories(folder, "text_encoder*").Select(Path.GetFileName).ToList());
        var clips = texts.Select(text => Config(folder, text!)).OfType<JsonElement>().Select(Clip).OfType<ClipShape>().ToList();
        var vaeShape = new VaeShape(channels, Flag(vae, "force_upcast"));
        var side = Number(denoiser, "sample_size") is { } latent ? latent * vaeShape.Factor : Number(vae, "sample_size") ?? 0;
        return new(own.Sum(tensor => tensor.Numbers),
            own.Where(IsAdapted).Sum(tensor => tensor.Shape[0] + (tensor.Numbers / tensor.Shape[0])),
            texts.Sum(text => Tensors(folder, text!).Sum(tensor => tensor.Numbers)), Tensors(folder, "vae").Sum(tensor => tensor.Numbers),
            vaeShape, shape, (int)side)
        {
            TakesTwoBranches = Number(denoiser, "num_single_layers") is null,
            AdaptedTexts = clips.Sum(clip => clip.Adapted),
            TextActivations = clips.Sum(clip => clip.Kept),
        };
    }

    private static bool IsAdapted(TensorHeader tensor) => tensor.Name.EndsWith(".weight", StringComparison.Ordinal)
        && tensor.Shape is [> 0, ..] && AttentionLayers.Has(tensor.Name[..^".weight".Length]);

    // Of several variants the smallest counts: it may be the one that is taken.
    private static List<TensorHeader> Tensors(string folder, string part)
    {
        var (place, sharded) = (Path.Combine(folder, part), Directory.GetFiles(Path.Combine(folder, part), "*-of-*.safetensors"));
        var files = sharded.Length > 0 ? sharded
            : Directory.GetFiles(place, "*.safetensors").OrderBy(file => new FileInfo(file).Length).Take(1);
        return [.. files.SelectMany(TensorHeader.Read)];
    }

    private static JsonElement? Config(string folder, string part)
    {
        var file = new FileInfo(Path.Combine(folder, part, "config.json"));
        if (!file.Exists || file.Length > LargestConfig)
        {
            return null;
        }
        using var json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
        return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : null;
    }

    private static DenoiserShape? ShapeOf(JsonElement config, string part)
    {
        if (part == "unet")
        {
            return Levels(config, "block_out_channels") is not { Length: > 0 } channels ? null
                : new UNetShape(channels, Number(config, "layers_per_block") ?? 2, Crossing(config, channels.Length),
                    PerLevel(config, "transformer_layers_per_block", channels.Length, 1),
                    PerLevel(config, config.TryGetProperty("num_attention_heads", out var heads) && heads.ValueKind != JsonValueKind.Null
                        ? "num_attention_heads" : "attention_head_dim", channels.Length, 8));
        }
        const long Pack = 2;
        return Number(config, "num_layers") is { } layers && Number(config, "num_attention_heads") is { } attention
            && Number(config, "attention_head_dim") is { } width
            ? new TransformerShape(layers + (Number(config, "num_single_layers") ?? 0), attention * width, attention,
                Number(config, "num_single_layers") is null ? Number(config, "patch_size") ?? Pack : Pack)
            : null;
    }

    private static ClipShape? Clip(JsonElement config) => Number(config, "num_hidden_layers") is { } layers
        && Number(config, "hidden_size") is { } width && Number(config, "max_position_embeddings") is { } positions
            ? new(layers, width, positions) : null;

    private static bool[] Crossing(JsonElement config, int levels) =>
        config.TryGetProperty("down_block_types", out var types) && types.ValueKind == JsonValueKind.Array
            && types.GetArrayLength() == levels
            ? [.. types.EnumerateArray().Select(type => type.ToString().Contains("CrossAttn", StringComparison.Ordinal))]
            : [.. Enumerable.Repeat(true, levels)];

    private static long[] PerLevel(JsonElement config, string key, int levels, long otherwise) =>
        Levels(config, key) is { } each && each.Length == levels ? each
            : [.. Enumerable.Repeat(Number(config, key) ?? otherwise, levels)];

    private static long[]? Levels(JsonElement config, string key) =>
        config.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number && one.TryGetInt64(out var number) && number > 0)
            ? [.. list.EnumerateArray().Select(one => one.GetInt64())] : null;

    private static long? Number(JsonElement config, string key) =>
        config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
        && number > 0 ? number : null;

    // What does not say is taken to be true, as an autoencoder's is.
    private static bool Flag(JsonElement config, string key) =>
        !config.TryGetProperty(key, out var value) || value.ValueKind != JsonValueKind.False;
}
