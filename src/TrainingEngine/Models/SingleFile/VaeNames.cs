using System.Globalization;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>What an autoencoder's tensors are called in the original layout, which counts the decoder's levels from the top.</summary>
/// <param name="levels">Of the decoder, and of the encoder.</param>
internal sealed partial class VaeNames(int levels)
{
    private static readonly Dictionary<string, string> Attention = new()
    {
        ["group_norm"] = "norm",
        ["query"] = "q",
        ["to_q"] = "q",
        ["key"] = "k",
        ["to_k"] = "k",
        ["value"] = "v",
        ["to_v"] = "v",
        ["proj_attn"] = "proj_out",
        ["to_out.0"] = "proj_out",
    };

    /// <summary>The names of a file in the original layout, from its own keys.</summary>
    /// <param name="keys">Without prefix, as <c>decoder.conv_in.weight</c>.</param>
    public static VaeNames OfOriginal(IEnumerable<string> keys) =>
        new(keys.Select(key => Level().Match(key)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().Count());

    /// <summary>The key in the original layout; null where it has no such tensor.</summary>
    public StoredAs? Of(string key)
    {
        if (key.StartsWith("quant_conv.", StringComparison.Ordinal) || key.StartsWith("post_quant_conv.", StringComparison.Ordinal))
        {
            return new(key);
        }
        var match = Parts().Match(key);
        if (!match.Success)
        {
            return null;
        }
        var (side, number, rest) = (match.Groups["side"].Value, match.Groups["n"].Value, match.Groups["rest"].Value);
        var place = match.Groups["place"].Value switch
        {
            "conv_norm_out" => "norm_out",
            "conv_in" or "conv_out" => match.Groups["place"].Value,
            "mid_block.resnets" => $"mid.block_{int.Parse(number, CultureInfo.InvariantCulture) + 1}",
            "mid_block.attentions" => "mid.attn_1",
            var inside => InLevel(inside, number),
        };
        var end = rest.LastIndexOf('.');
        return place is null ? null
            : place == "mid.attn_1" ? Attention.TryGetValue(rest[..end], out var name) ? new($"{side}.{place}.{name}{rest[end..]}") : null
            : new($"{side}.{place}.{rest.Replace("conv_shortcut.", "nin_shortcut.", StringComparison.Ordinal)}");
    }

    private string? InLevel(string place, string number)
    {
        var match = Block().Match(place);
        if (!match.Success)
        {
            return null;
        }
        var level = int.Parse(match.Groups["level"].Value, CultureInfo.InvariantCulture);
        var name = match.Groups["way"].Value == "down" ? $"down.{level}" : $"up.{levels - 1 - level}";
        return match.Groups["kind"].Value switch
        {
            "resnets" => $"{name}.block.{number}",
            "downsamplers" => $"{name}.downsample",
            _ => $"{name}.upsample",
        };
    }

    [GeneratedRegex(@"^(?<side>encoder|decoder)\.(?:(?<place>conv_in|conv_out|conv_norm_out)|(?<place>.+?)\.(?<n>\d{1,4}))\."
        + @"(?<rest>(?:[a-z_]+\d?\.)?(?:\d\.)?[a-z]+)$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Parts();

    [GeneratedRegex(@"^(?<way>down|up)_blocks\.(?<level>\d{1,4})\.(?<kind>resnets|downsamplers|upsamplers)$",
        RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Block();

    [GeneratedRegex(@"^decoder\.up\.(\d{1,4})\.", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Level();
}
