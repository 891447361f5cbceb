using System.Globalization;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Models.SingleFile;

/// <summary>
/// What a U-Net's tensors are called in the original layout (CompVis, Stability), which counts all blocks of the way down, and
/// all of the way up, in one row.
/// </summary>
/// <param name="layersPerBlock">Residual blocks of a level on the way down.</param>
/// <param name="attendsOnTheWayUp">Whether a level of the way up has attentions, by its number.</param>
internal sealed partial class UNetNames(int layersPerBlock, Func<int, bool> attendsOnTheWayUp)
{
    private static readonly Dictionary<string, string> Ends = new()
    {
        ["conv_in"] = "input_blocks.0.0",
        ["time_embedding.linear_1"] = "time_embed.0",
        ["time_embedding.linear_2"] = "time_embed.2",
        ["add_embedding.linear_1"] = "label_emb.0.0",
        ["add_embedding.linear_2"] = "label_emb.0.2",
        ["conv_norm_out"] = "out.0",
        ["conv_out"] = "out.2",
    };

    private static readonly Dictionary<string, string> Resnet = new()
    {
        ["norm1"] = "in_layers.0",
        ["conv1"] = "in_layers.2",
        ["time_emb_proj"] = "emb_layers.1",
        ["norm2"] = "out_layers.0",
        ["conv2"] = "out_layers.3",
        ["conv_shortcut"] = "skip_connection",
    };

    /// <summary>The names of a U-Net whose modules are known by their diffusers paths.</summary>
    public static UNetNames Of(IEnumerable<string> modules)
    {
        var (deepest, attending) = (0, new HashSet<int>());
        foreach (var match in modules.Select(module => Block().Match(module)).Where(match => match.Success))
        {
            var (level, number) = (Number(match, "level"), Number(match, "number"));
            if (match.Groups["way"].Value == "down" && match.Groups["kind"].Value == "resnets")
            {
                deepest = Math.Max(deepest, number + 1);
            }
            if (match.Groups["way"].Value == "up" && match.Groups["kind"].Value == "attentions")
            {
                attending.Add(level);
            }
        }
        return new(Math.Max(deepest, 1), attending.Contains);
    }

    /// <summary>The names of a file in the original layout, from its own keys.</summary>
    /// <param name="keys">Without prefix, as <c>input_blocks.0.0.weight</c>.</param>
    public static UNetNames OfOriginal(IReadOnlyCollection<string> keys)
    {
        var down = keys.Select(key => Downsampling().Match(key)).Where(match => match.Success).Select(match => Number(match, "n")).ToList();
        var layers = down.Count > 0 ? down.Min() - 1
            : keys.Select(key => Input().Match(key)).Where(match => match.Success).Select(match => Number(match, "n"))
                .DefaultIfEmpty(1).Max();
        return new(layers, level => keys.Contains($"output_blocks.{level * (layers + 1)}.1.norm.weight"));
    }

    /// <summary>The key in the original layout; null where it has no such tensor.</summary>
    public StoredAs? Of(string key)
    {
        var end = key.LastIndexOf('.');
        if (end > 0 && Ends.TryGetValue(key[..end], out var known))
        {
            return new(known + key[end..]);
        }
        var match = Block().Match(key);
        if (!match.Success)
        {
            return null;
        }
        var kind = match.Groups["kind"].Value;
        var rest = kind == "resnets" ? InResnet(match.Groups["rest"].Value) : match.Groups["rest"].Value;
        return rest is not null && Place(match.Groups["way"].Value, Number(match, "level"), kind, Number(match, "number")) is { } place
            ? new($"{place}.{(kind == "downsamplers" ? rest.Replace("conv.", "op.", StringComparison.Ordinal) : rest)}")
            : null;
    }

    private string? Place(string way, int level, string kind, int number) => (way, kind) switch
    {
        ("mid", "resnets") => $"middle_block.{number * 2}",
        ("mid", "attentions") => "middle_block.1",
        ("down", "downsamplers") => $"input_blocks.{(level + 1) * (layersPerBlock + 1)}.0",
        ("down", "resnets" or "attentions") => $"input_blocks.{(level * (layersPerBlock + 1)) + number + 1}.{(kind == "resnets" ? 0 : 1)}",
        ("up", "upsamplers") => $"output_blocks.{(level * (layersPerBlock + 1)) + layersPerBlock}.{(attendsOnTheWayUp(level) ? 2 : 1)}",
        ("up", "resnets" or "attentions") => $"output_blocks.{(level * (layersPerBlock + 1)) + number}.{(kind == "resnets" ? 0 : 1)}",
        _ => null,
    };

    private static string? InResnet(string rest)
    {
        var end = rest.LastIndexOf('.');
        return end > 0 && Resnet.TryGetValue(rest[..end], out var name) ? name + rest[end..] : null;
    }

    // The middle has no number.
    private static int Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<way>down|up|mid)_blocks?(?:\.(?<level>\d{1,4}))?\.(?<kind>resnets|attentions|downsamplers|upsamplers)"
        + @"\.(?<number>\d{1,4})\.(?<rest>.+)$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Block();

    [GeneratedRegex(@"^input_blocks\.(?<n>\d{1,4})\.0\.op\.weight$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Downsampling();

    [GeneratedRegex(@"^input_blocks\.(?<n>\d{1,4})\.", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Input();
}
