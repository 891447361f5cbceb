using System.Text.RegularExpressions;
using Labeler.Shared;

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

/// <summary>
/// The names that adapter files give to a U-Net layer's branch: diffusers, its attention processors (up to 0.17), kohya
/// and PEFT.
/// </summary>
public sealed partial class LoraKeys
{
    private readonly HashSet<string> _layers;
    private readonly Dictionary<string, string> _kohya;

    /// <param name="layers">Checkpoint paths of the layers that can carry a branch, as `down_blocks.0.….attn1.to_q`.</param>
    public LoraKeys(IEnumerable<string> layers)
    {
        _layers = [.. layers];
        _kohya = _layers.ToDictionary(KohyaName);
    }

    /// <summary>The layer and part that a key names; null where it names none of the layers.</summary>
    public (string Layer, LoraPart Part)? Parse(string key)
    {
        if (key.StartsWith("lora_unet_", StringComparison.Ordinal))
        {
            var dot = key.IndexOf('.');
            return dot > 0 && _kohya.TryGetValue(key[..dot], out var known) && PartOf(key[dot..]) is { } kohyaPart ? (known, kohyaPart)
                : null;
        }
        var match = Suffix().Match(key);
        if (!match.Success || PartOf(match.Value) is not { } part)
        {
            return null;
        }
        var layer = Prefix().Replace(key[..match.Index], "");
        layer = Processor().Replace(layer, found => found.Groups[1].Value == "out" ? ".to_out.0" : $".to_{found.Groups[1].Value}");
        return _layers.Contains(layer) ? (layer, part) : null;
    }

    /// <summary>The key in a diffusers file.</summary>
    public static string Diffusers(string layer, LoraPart part) => part switch
    {
        LoraPart.Down => $"unet.{layer}.lora.down.weight",
        LoraPart.Up => $"unet.{layer}.lora.up.weight",
        _ => $"unet.{layer}.alpha",
    };

    /// <summary>The key in a kohya file.</summary>
    public static string Kohya(string layer, LoraPart part) => KohyaName(layer) + part switch
    {
        LoraPart.Down => ".lora_down.weight",
        LoraPart.Up => ".lora_up.weight",
        _ => ".alpha",
    };

    private static string KohyaName(string layer) => "lora_unet_" + layer.Replace('.', '_');

    private static LoraPart? PartOf(string suffix) => suffix switch
    {
        ".lora_down.weight" or ".lora.down.weight" or "_lora.down.weight" or ".down.weight" => LoraPart.Down,
        ".lora_up.weight" or ".lora.up.weight" or "_lora.up.weight" or ".up.weight" => LoraPart.Up,
        ".lora_A.weight" or ".lora_A.default.weight" => LoraPart.Down,
        ".lora_B.weight" or ".lora_B.default.weight" => LoraPart.Up,
        ".alpha" => LoraPart.Alpha,
        _ => null,
    };

    [GeneratedRegex(@"(?:\.lora_[AB](?:\.default)?\.weight|\.lora\.(?:down|up)\.weight|(?<=_lora)\.(?:down|up)\.weight|\.alpha)$",
        RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^(?:base_model\.model\.)?(?:unet\.)?", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\.processor\.to_(q|k|v|out)_lora$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Processor();
}
