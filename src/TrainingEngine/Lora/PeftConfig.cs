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
    [property: JsonPropertyName("use_rslora")] bool UseRslora,
    [property: JsonPropertyName("use_dora")] bool UseDora)
{
    /// <summary>The file's name, beside the weights.</summary>
    public const string FileName = "adapter_config.json";

    /// <exception cref="EngineException">The file cannot be read or asks for what is not supported.</exception>
    public static PeftConfig Read(string path)
    {
        try
        {
            var config = JsonSerializer.Deserialize<PeftConfig>(StrictText.Read(path)) ?? throw new JsonException("it is empty");
            foreach (var pattern in config.AlphaPattern?.Keys.ToArray() ?? [])
            {
                Matches("", pattern);
            }
            return config.UseDora ? throw new EngineException($"{path} asks for DoRA, which is not supported") : config;
        }
        catch (Exception error) when (error is JsonException or RegexParseException)
        {
            throw new EngineException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The layer's alpha, of which alpha / rank is the scale.</summary>
    public double Alpha(string layer, long rank)
    {
        var pattern = AlphaPattern?.Keys.FirstOrDefault(key => Matches(layer, key));
        var alpha = pattern is null ? LoraAlpha ?? 8 : AlphaPattern![pattern];
        return UseRslora ? alpha * Math.Sqrt(rank) : alpha;
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
