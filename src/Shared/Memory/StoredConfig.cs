using System.Text.Json;

namespace Labeler.Shared.Memory;

/// <summary>The config.json of a part of a model, as far as memory follows from it.</summary>
internal sealed class StoredConfig
{
    private const int Largest = 1024 * 1024;

    private readonly JsonElement _config;

    private StoredConfig(JsonElement config) => _config = config;

    /// <param name="folder">The model's.</param>
    /// <param name="part">As <c>vae</c>.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static StoredConfig? Read(string folder, string part)
    {
        var file = new FileInfo(Path.Combine(folder, part, "config.json"));
        if (!file.Exists || file.Length > Largest)
        {
            return null;
        }
        using var json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
        return json.RootElement.ValueKind == JsonValueKind.Object ? new(json.RootElement.Clone()) : null;
    }

    /// <summary>Of a denoiser; null where the config does not say.</summary>
    /// <param name="part"><c>unet</c> or <c>transformer</c>.</param>
    public DenoiserShape? Shape(string part)
    {
        if (part == "unet")
        {
            return Levels("block_out_channels") is not { Length: > 0 } channels ? null
                : new UNetShape(channels, Number("layers_per_block") ?? 2, Crossing(channels.Length),
                    PerLevel("transformer_layers_per_block", channels.Length, 1),
                    PerLevel(_config.TryGetProperty("num_attention_heads", out var heads) && heads.ValueKind != JsonValueKind.Null
                        ? "num_attention_heads" : "attention_head_dim", channels.Length, 8));
        }
        const long Pack = 2;
        return Number("num_layers") is { } layers && Number("num_attention_heads") is { } attention
            && Number("attention_head_dim") is { } width
            ? new TransformerShape(layers + (Number("num_single_layers") ?? 0), attention * width, attention,
                Number("num_single_layers") is null ? Number("patch_size") ?? Pack : Pack)
            : null;
    }

    /// <summary>Of a CLIP text encoder; null for another.</summary>
    public ClipShape? Clip() => Number("num_hidden_layers") is { } layers && Number("hidden_size") is { } width
        && Number("max_position_embeddings") is { } positions ? new(layers, width, positions) : null;

    /// <summary>Numbers above 0, one a level; null where there are none.</summary>
    public long[]? Levels(string key) =>
        _config.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number && one.TryGetInt64(out var number) && number > 0)
            ? [.. list.EnumerateArray().Select(one => one.GetInt64())] : null;

    /// <summary>A number above 0; null where there is none.</summary>
    public long? Number(string key) =>
        _config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
        && number > 0 ? number : null;

    /// <summary>What does not say is taken to be true, as an autoencoder's is.</summary>
    public bool Flag(string key) => !_config.TryGetProperty(key, out var value) || value.ValueKind != JsonValueKind.False;

    private bool[] Crossing(int levels) =>
        _config.TryGetProperty("down_block_types", out var types) && types.ValueKind == JsonValueKind.Array
            && types.GetArrayLength() == levels
            ? [.. types.EnumerateArray().Select(type => type.ToString().Contains("CrossAttn", StringComparison.Ordinal))]
            : [.. Enumerable.Repeat(true, levels)];

    private long[] PerLevel(string key, int levels, long otherwise) =>
        Levels(key) is { } each && each.Length == levels ? each : [.. Enumerable.Repeat(Number(key) ?? otherwise, levels)];
}
