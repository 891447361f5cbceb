using System.Text.Json;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Weights;

/// <summary>
/// The files with the weights of a model's part: one, or several with an index. Beside the plain ones there may be variants,
/// the same model in another type or from another average (<c>fp16</c>, <c>bf16</c>, <c>non_ema</c>).
/// </summary>
internal static partial class WeightFiles
{
    private const string Usual = "fp16";

    /// <summary>The files of a variant; of the plain one where none is asked for, or of the only other.</summary>
    /// <param name="folder">As a model's <c>unet</c> folder.</param>
    /// <param name="name">Without ending, <c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <param name="variant">Taken where the part has it, else the plain one, as diffusers does.</param>
    /// <exception cref="EngineException">There are none, or a choice is to be made; names what there is.</exception>
    public static IReadOnlyList<string> Of(string folder, string name, string? variant = null)
    {
        var there = Variants(folder, name);
        var chosen = new[] { variant ?? "", "", Usual }.FirstOrDefault(there.Contains) ?? (there.Count == 1 ? there[0] : null);
        return chosen is null ? throw Nothing(folder, name, there) : Files(folder, name, chosen);
    }

    /// <summary>The variants of a part, "" for the plain one.</summary>
    public static IReadOnlyList<string> Variants(string folder, string name) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder).Select(file => Variant().Match(Path.GetFileName(file)))
            .Where(match => match.Success && match.Groups["name"].Value == name)
            .Select(match => match.Groups["variant"].Value).Distinct().Order(StringComparer.Ordinal),
    ];

    private static IReadOnlyList<string> Files(string folder, string name, string variant)
    {
        var dotted = variant.Length > 0 ? "." + variant : "";
        var single = Path.Combine(folder, $"{name}{dotted}.safetensors");
        return File.Exists(single) ? [single] : Shards(folder, Path.Combine(folder, $"{name}.safetensors.index{dotted}.json"));
    }

    private static EngineException Nothing(string folder, string name, IReadOnlyList<string> there)
    {
        if (there.Count > 0)
        {
            return new($"{folder}: there is no {name}.safetensors, but there are its variants {string.Join(", ", there)}: "
                + "choose one with --variant");
        }
        var other = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).FirstOrDefault(file => Path.GetExtension(file) is ".bin" or ".pt" or ".ckpt" or ".pth")
            : null;
        return new(other is null
            ? $"{folder}: there is no {name}.safetensors; weights in other formats have to be converted to safetensors first"
            : $"{folder}: there is no {name}.safetensors, only {Path.GetFileName(other)}, a pickle, which can run programs when it is "
                + "opened: it has to be converted to safetensors first");
    }

    private static string[] Shards(string folder, string index)
    {
        try
        {
            FileKind.RequireJson(index);
            using var json = JsonDocument.Parse(StrictText.Read(index));
            // The shards lie beside their index: a path in it would lead elsewhere.
            return [.. json.RootElement.GetProperty("weight_map").EnumerateObject()
                .Select(entry => Path.GetFileName(entry.Value.GetString()) ?? throw new JsonException($"{entry.Name} is in no file"))
                .Distinct().Select(file => Path.Combine(folder, file))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new EngineException($"{index}: is not an index of safetensors files ({error.Message})", error);
        }
    }

    // A shard is no variant: its index names it.
    [GeneratedRegex(@"^(?<name>[^.]+)(?:(?:\.(?<variant>(?!safetensors|.*-\d+-of-)[^.]+))?\.safetensors"
        + @"|\.safetensors\.index(?:\.(?<variant>[^.]+))?\.json)$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Variant();
}
