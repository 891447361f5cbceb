using System.Text.Json;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>
/// Adapters of every format: what each adds to the weights of its layers (sums, norm and some elements, from float64), and what the
/// model's parts say with it on.
/// </summary>
internal static class LoraCheck
{
    private const double Sums = 1e-6, Elements = 1e-6;

    /// <summary>The deltas of one file, <c>golden-lora/NAME.safetensors</c>, as <c>NAME.json</c> lists them.</summary>
    public static IEnumerable<Finding> Deltas(GoldenFile file)
    {
        var listed = file.Json(Path.GetFileNameWithoutExtension(file.Name) + ".json");
        var branches = LoraFile.Read(file.Path, LoraGolden.Base(file, listed.GetProperty("model").GetString()!));
        var left = branches.Keys.ToHashSet();
        var findings = new List<Finding>();
        foreach (var module in listed.GetProperty("modules").EnumerateArray())
        {
            var layer = $"{module.GetProperty("component").GetString()}.{module.GetProperty("module").GetString()}";
            left.Remove(layer);
            findings.AddRange(branches.TryGetValue(layer, out var branch) ? Delta(layer, branch, module)
                : [new Finding($"{layer} is not in the adapter as read", double.PositiveInfinity, 0)]);
        }
        findings.Add(new($"branches beside the {branches.Count - left.Count} listed", left.Count, 0));
        return findings;
    }

    /// <summary>What the model says with the adapter, <c>golden-lora/NAME.expected.safetensors</c>.</summary>
    public static IEnumerable<Finding> Outputs(GoldenFile file)
    {
        using var untracked = no_grad();
        var name = Path.GetFileName(file.Name)[..^".expected.safetensors".Length];
        var model = file.Json($"{name}.json").GetProperty("model").GetString()!;
        return [.. LoraGolden.Compare(file, model, file.Sibling($"{name}.safetensors").Path, "")];
    }

    /// <summary>What the models say without one, <c>golden-lora/without_lora.safetensors</c>.</summary>
    public static IEnumerable<Finding> Without(GoldenFile file)
    {
        using var untracked = no_grad();
        return [.. LoraGolden.Models.SelectMany(model => LoraGolden.Compare(file, model.Model, null, $"{model.Key}."))];
    }

    private static IEnumerable<Finding> Delta(string layer, LoraTensors branch, JsonElement module)
    {
        using var scope = NewDisposeScope();
        var (down, up) = (branch.Down.to(ScalarType.Float64), branch.Up.to(ScalarType.Float64));
        var delta = up.reshape(up.shape[0], up.shape[1]).matmul(down.reshape(down.shape[0], -1)).mul(branch.Scale).reshape(-1);
        long[] shape = [up.shape[0], .. down.shape[1..]];
        double[] all = delta.cpu().data<double>().ToArray();
        double Told(string key) => module.GetProperty(key).GetDouble();
        double[] List(string key) => [.. module.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];
        var (first, last) = (List("first"), List("last"));
        var wanted = module.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64());
        var absolute = Told("abs_sum");
        return
        [
            new($"{layer} shape {Shapes.Told(shape)}", shape.SequenceEqual(wanted) ? 0 : double.PositiveInfinity, 0),
            // Its own sum may cancel: the error is that of the sum of absolute values.
            Compare.Numbers($"{layer} sum", all.Sum(), Told("sum"), Sums * absolute),
            Compare.Numbers($"{layer} sum of absolute values", all.Sum(Math.Abs), absolute, Sums * absolute),
            Compare.Numbers($"{layer} norm", Math.Sqrt(all.Sum(value => value * value)), Told("norm"), Sums * Told("norm")),
            .. all.Take(first.Length).Zip(first).Concat(all.TakeLast(last.Length).Zip(last)).Select((pair, n) =>
                Compare.Numbers($"{layer} element {n}", pair.First, pair.Second, Elements)),
            .. module.TryGetProperty("scale", out var scale)
                ? [Compare.Numbers($"{layer} scale", branch.Scale, scale.GetDouble(), Sums)] : Array.Empty<Finding>(),
        ];
    }
}
