using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Lora;

/// <summary>What a tensor in an adapter file is to its layer.</summary>
public enum LoraPart
{
    /// <summary>The branch's first matrix, [rank, in].</summary>
    Down,

    /// <summary>The branch's second matrix, [out, rank].</summary>
    Up,

    /// <summary>A number: the branch's output is scaled by alpha / rank.</summary>
    Alpha,
}

/// <summary>What a key of an adapter file means.</summary>
/// <param name="Targets">The layers: several where the file's layout has queries, keys and values in one.</param>
/// <param name="Part">Which tensor of theirs.</param>
public sealed record LoraKey(IReadOnlyList<LoraTarget> Targets, LoraPart Part);

/// <summary>
/// The names that adapter files give to layers: diffusers, its attention processors (up to 0.17), PEFT, kohya's in the names of
/// diffusers and of the makers' layouts, XLabs.
/// </summary>
public sealed partial class LoraKeys
{
    private static readonly (string Prefix, string[] Parts)[] Prefixes =
    [
        ("lora_unet_", ["unet", "transformer"]), ("lora_transformer_", ["transformer"]), ("lora_te_", ["text_encoder"]),
        ("lora_te1_", ["text_encoder"]), ("lora_te2_", ["text_encoder_2"]), ("lora_te3_", ["text_encoder_3", "text_encoder_2"]),
        ("unet.", ["unet"]), ("transformer.", ["transformer"]), ("text_encoder.", ["text_encoder"]),
        ("text_encoder_2.", ["text_encoder_2"]), ("text_encoder_3.", ["text_encoder_3", "text_encoder_2"]),
        ("diffusion_model.", ["unet", "transformer"]), ("model.diffusion_model.", ["unet", "transformer"]),
    ];

    private readonly Dictionary<(string Part, string Name), List<LoraTarget>> _names = [];
    private readonly string[] _parts;

    /// <param name="layers">Layers that can carry a branch, as <c>unet.down_blocks.0.….attn1.to_q</c>.</param>
    /// <param name="first">The part that names without one are looked for in before others.</param>
    public LoraKeys(IEnumerable<string> layers, string? first = null)
    {
        var parts = layers.Select(LoraBase.Split).GroupBy(layer => layer.Part, layer => layer.Path).ToList();
        foreach (var part in parts)
        {
            string[] paths = [.. part];
            var foreign = ForeignLayers.Of(part.Key, paths).ToList();
            foreach (var (name, target) in paths.Select(path => (path, new LoraTarget($"{part.Key}.{path}", Piece.Whole))).Concat(foreign))
            {
                Add(part.Key, name, target);
                Add(part.Key, name.Replace('.', '_'), target);
            }
        }
        _parts = [.. parts.Select(part => part.Key).OrderByDescending(part => part == first)
            .ThenBy(part => part is not ("unet" or "transformer")).ThenBy(part => part, StringComparer.Ordinal)];
    }

    /// <summary>What a key means; null where it names none of the layers.</summary>
    public LoraKey? Parse(string key)
    {
        var match = Suffix().Match(key);
        return match.Success && LayersOf(match.Groups["layer"].Value) is { } targets
            ? new(targets, PartOf(match.Groups["half"].Value)) : null;
    }

    /// <summary>The key in a diffusers file.</summary>
    /// <param name="layer">As <c>unet.conv_in</c>.</param>
    /// <param name="part">A half; the format has no alpha.</param>
    public static string Diffusers(string layer, LoraPart part) => (LoraBase.Split(layer).Part, part) switch
    {
        (_, LoraPart.Alpha) => $"{layer}.alpha",
        ("transformer", LoraPart.Down) => $"{layer}.lora_A.weight",
        ("transformer", _) => $"{layer}.lora_B.weight",
        ("unet", LoraPart.Down) => $"{layer}.lora.down.weight",
        ("unet", _) => $"{layer}.lora.up.weight",
        (_, LoraPart.Down) => $"{layer}.lora_linear_layer.down.weight",
        _ => $"{layer}.lora_linear_layer.up.weight",
    };

    private void Add(string part, string name, LoraTarget target)
    {
        if (!_names.TryGetValue((part, name), out var targets))
        {
            _names.Add((part, name), targets = []);
        }
        if (!targets.Contains(target))
        {
            targets.Add(target);
        }
    }

    private List<LoraTarget>? LayersOf(string name)
    {
        name = Peft().Replace(name, "");
        var (prefix, parts) = Prefixes.FirstOrDefault(known => name.StartsWith(known.Prefix, StringComparison.Ordinal));
        name = Peft().Replace(name[(prefix?.Length ?? 0)..], "");
        name = Processor().Replace(name, found => found.Groups[1].Value == "out" ? ".to_out.0" : $".to_{found.Groups[1].Value}");
        name = TextProcessor().Replace(name, ".self_attn.$1_proj");
        return (parts ?? _parts).Select(part => _names.GetValueOrDefault((part, name))).FirstOrDefault(targets => targets is not null);
    }

    private static LoraPart PartOf(string half) => half switch
    {
        "down" or "A" => LoraPart.Down,
        "up" or "B" => LoraPart.Up,
        _ => LoraPart.Alpha,
    };

    // PEFT may write the adapter's name behind the half's.
    [GeneratedRegex(@"^(?<layer>.+?)(?:\.lora_(?<half>[AB])(?:\.[A-Za-z0-9_-]+)?\.weight|\.lora_(?<half>down|up)\.weight"
        + @"|\.lora\.(?<half>down|up)\.weight|\.lora_linear_layer\.(?<half>down|up)\.weight|(?<=_lora[12]?)\.(?<half>down|up)\.weight"
        + @"|(?:\.lora|\.lora_linear_layer)?\.alpha)$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^base_model\.model\.", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Peft();

    [GeneratedRegex(@"\.processor\.to_(q|k|v|out)_lora$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Processor();

    [GeneratedRegex(@"\.self_attn\.to_(q|k|v|out)_lora$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex TextProcessor();
}
