using System.Text.Json;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// What scales an adapter's branches. A file may carry an alpha for each layer, as kohya's do; PEFT's settings lie beside it, in
/// <c>adapter_config.json</c>; diffusers has written them into the file's header since 0.34. Where nothing is said, the scale is 1.
/// </summary>
internal sealed class LoraScales
{
    private const string Metadata = "lora_adapter_metadata";

    private readonly Dictionary<string, PeftConfig> _parts = [];
    private readonly PeftConfig? _all;

    private LoraScales(PeftConfig? all) => _all = all;

    /// <summary>Whether settings are there.</summary>
    public bool AreTold => _all is not null || _parts.Count > 0;

    /// <summary>Reads the settings of an adapter.</summary>
    /// <param name="file">For error messages.</param>
    /// <param name="metadata">The file's header.</param>
    /// <param name="beside">What lies beside it; null where there is nothing.</param>
    /// <exception cref="EngineException">The header is damaged, or asks for what is not supported.</exception>
    public static LoraScales Of(string file, IReadOnlyDictionary<string, string> metadata, PeftConfig? beside)
    {
        if (!metadata.TryGetValue(Metadata, out var text))
        {
            return new(beside);
        }
        try
        {
            using var json = JsonDocument.Parse(text);
            // "unet.lora_alpha" is the U-Net's; what names no part is everything's.
            var settings = json.RootElement.EnumerateObject().Select(setting => (Name: setting.Name, setting.Value)).ToList();
            var groups = settings.GroupBy(setting => setting.Name.LastIndexOf('.') is var dot and > 0 ? setting.Name[..dot] : "")
                .ToDictionary(group => group.Key, group => PeftConfig.Parse($"{file}: {Metadata}",
                    JsonSerializer.Serialize(group.ToDictionary(
                        setting => setting.Name[(group.Key.Length > 0 ? group.Key.Length + 1 : 0)..], setting => setting.Value))));
            var scales = new LoraScales(groups.GetValueOrDefault("") ?? beside);
            foreach (var (part, config) in groups.Where(group => group.Key.Length > 0))
            {
                scales._parts.Add(part, config);
            }
            return scales;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new EngineException($"{file}: its {Metadata} cannot be read ({error.Message})", error);
        }
    }

    /// <summary>A layer's alpha, of which alpha / rank is the scale.</summary>
    /// <param name="layer">As <c>unet.conv_in</c>.</param>
    /// <param name="rank">Of its branch.</param>
    /// <param name="stored">What the file holds for it; null where it holds nothing.</param>
    public double Alpha(string layer, long rank, double? stored)
    {
        var (part, path) = LoraBase.Split(layer);
        // As in kohya's trainer, 0 stands for the rank.
        return stored is { } alpha ? alpha == 0 ? rank : alpha
            : (_parts.GetValueOrDefault(part) ?? _all)?.Alpha(path, rank) ?? rank;
    }
}
