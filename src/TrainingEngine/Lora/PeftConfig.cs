using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Lora;

/// <summary>What scales the branches of an adapter in PEFT's format: its adapter_config.json.</summary>
/// <param name="LoraAlpha">The branch's output is scaled by alpha / rank.</param>
/// <param name="AlphaPattern">Other alphas, by pattern of the layer's name.</param>
/// <param name="UseRslora">Scale by alpha / √rank instead.</param>
/// <param name="UseDora">A kind of branch that is not supported.</param>
public sealed record PeftConfig(
    [property: JsonPropertyName("lora_alpha")] double? LoraAlpha,
    [property: JsonPropertyName("alpha_pattern")] Dictionary<string, double>? AlphaPattern,
    [property: JsonPropertyName("use_rslora")] bool? UseRslora,
    [property: JsonPropertyName("use_dora")] bool? UseDora)
{
    /// <summary>The file's name, beside the weights.</summary>
    public const string FileName = "adapter_config.json";

    private static readonly string[] ChangesTheBase = ["pissa", "olora", "corda", "loftq"];

    /// <summary>What kind of adapter it is of: LORA, or one that is not supported.</summary>
    [JsonPropertyName("peft_type")]
    public string? Type { get; init; }

    /// <summary>How the halves began: true, false, or the name of a way, some of which change the base model too.</summary>
    [JsonPropertyName("init_lora_weights")]
    public JsonElement Begun { get; init; }

    /// <exception cref="EngineException">The file cannot be read or asks for what is not supported.</exception>
    public static PeftConfig Read(string path) => Parse(path, StrictText.Read(path));

    /// <summary>Reads the settings from JSON.</summary>
    /// <param name="place">For error messages.</param>
    /// <param name="json">An object.</param>
    /// <exception cref="EngineException">It cannot be read or asks for what is not supported.</exception>
    internal static PeftConfig Parse(string place, string json)
    {
        try
        {
            var config = JsonSerializer.Deserialize<PeftConfig>(json) ?? throw new JsonException("it is empty");
            foreach (var pattern in config.AlphaPattern?.Keys.ToArray() ?? [])
            {
                Matches("", pattern);
            }
            return config.Unsupported is { } kind ? throw new EngineException($"{place} asks for {kind}, which is not supported") : config;
        }
        catch (Exception error) when (error is JsonException or RegexParseException)
        {
            throw new EngineException($"{place} cannot be read: {error.Message}", error);
        }
    }

    private string? Unsupported => UseDora == true ? "DoRA"
        : LoraKind.OfPeft(Type) is { } kind ? kind
        : Begun.ValueKind == JsonValueKind.String && Begun.GetString()!.ToLowerInvariant() is var begun
            && ChangesTheBase.Any(way => begun.StartsWith(way, StringComparison.Ordinal))
            ? $"{begun}, which changes the base model's weights too"
        : null;

    /// <summary>The layer's alpha, of which alpha / rank is the scale.</summary>
    public double Alpha(string layer, long rank)
    {
        var pattern = AlphaPattern?.Keys.FirstOrDefault(key => Matches(layer, key));
        var alpha = pattern is null ? LoraAlpha ?? 8 : AlphaPattern![pattern];
        return UseRslora == true ? alpha * Math.Sqrt(rank) : alpha;
    }

    // The pattern is whatever the file holds.
    private static bool Matches(string layer, string pattern)
    {
        try
        {
            return Regex.IsMatch(layer, $@"(^|.*\.)(?:{pattern})$", RegexOptions.None, RegexTimeout.Span);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new EngineException($"the pattern {pattern} of {FileName} cannot be matched in reasonable time", error);
        }
    }
}
