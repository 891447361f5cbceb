using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// Makes branches out of the tensors of an adapter file of any known format, and refuses one that does not fit the model
/// with a single error that lists everything wrong.
/// </summary>
/// <param name="layers">The weight's shape of every layer that can carry a branch, by checkpoint path.</param>
public sealed class LoraReader(IReadOnlyDictionary<string, long[]> layers)
{
    internal const int ListedProblems = 8;

    private readonly LoraKeys _keys = new(layers.Keys);

    /// <summary>The branches, float32, by layer.</summary>
    /// <param name="file">For error messages.</param>
    /// <param name="tensors">The file's tensors by key.</param>
    /// <param name="peft">PEFT's settings, for a file in its format.</param>
    /// <exception cref="EngineException">Keys of no layer, halves without the other, wrong shapes, values that are not finite.</exception>
    public IReadOnlyDictionary<string, LoraTensors> Read(string file, IReadOnlyDictionary<string, Tensor> tensors, PeftConfig? peft)
    {
        var problems = new List<string>();
        var parts = new Dictionary<(string Layer, LoraPart Part), (string Key, Tensor Tensor)>();
        foreach (var (key, tensor) in tensors)
        {
            if (_keys.Parse(key) is not { } known)
            {
                problems.Add($"{key} belongs to no layer of this model");
            }
            else if (!parts.TryAdd(known, (key, tensor)))
            {
                problems.Add($"{key} stands twice, under two names");
            }
        }
        var branches = new Dictionary<string, LoraTensors>();
        foreach (var layer in parts.Keys.Select(key => key.Layer).Distinct().Order(StringComparer.Ordinal))
        {
            if (Branch(layer, parts, peft, problems) is { } branch)
            {
                branches.Add(layer, branch);
            }
        }
        if (branches.Count == 0 && problems.Count == 0)
        {
            problems.Add("it holds no adapter");
        }
        return problems.Count == 0 ? branches : throw new EngineException($"the adapter {file} does not fit: {List(problems)}");
    }

    private LoraTensors? Branch(
        string layer, Dictionary<(string, LoraPart), (string Key, Tensor Tensor)> parts, PeftConfig? peft, List<string> problems)
    {
        if (!parts.TryGetValue((layer, LoraPart.Down), out var first) || !parts.TryGetValue((layer, LoraPart.Up), out var second))
        {
            problems.Add(
                $"{layer} has only "
                    + $"{(parts.ContainsKey((layer, LoraPart.Down)) ? "down" : parts.ContainsKey((layer, LoraPart.Up)) ? "up" : "alpha")}");
            return null;
        }
        var given = parts.TryGetValue((layer, LoraPart.Alpha), out var stored);
        var wrongAlpha = given && stored.Tensor.numel() != 1;
        if (wrongAlpha)
        {
            problems.Add($"{stored.Key} is {Shapes.Told(stored.Tensor.shape)} and should be one number");
        }
        var (down, up) = (first.Tensor, second.Tensor);
        var rank = down.shape.FirstOrDefault();
        var weight = layers[layer];
        var downShape = new[] { rank }.Concat(weight[1..]).ToArray();
        var upShape = new[] { weight[0], rank }.Concat(weight[2..].Select(_ => 1L)).ToArray();
        if (rank == 0 || !Fits(down, downShape) || !Fits(up, upShape))
        {
            problems.Add(
                $"{first.Key} is {Shapes.Told(down.shape)} and {second.Key} is {Shapes.Told(up.shape)}; for a weight "
                    + $"{Shapes.Told(weight)} they should be "
                + $"[rank, {string.Join(", ", weight[1..])}] and "
                + $"[{string.Join(", ", [$"{weight[0]}", "rank", .. weight[2..].Select(_ => "1")])}]");
            return null;
        }
        if (wrongAlpha)
        {
            return null;
        }
        var alpha = given ? stored.Tensor.to(ScalarType.Float64).reshape([]).item<double>() : peft?.Alpha(layer, rank) ?? rank;
        if (!double.IsFinite(alpha) || !down.isfinite().all().item<bool>() || !up.isfinite().all().item<bool>())
        {
            problems.Add($"{layer} holds values that are not finite");
            return null;
        }
        return new LoraTensors(
            down.to(ScalarType.Float32).reshape(downShape).contiguous(), up.to(ScalarType.Float32).reshape(upShape).contiguous(), alpha);
    }

    // 1×1 convolutions and linear layers may stand in for each other.
    private static bool Fits(Tensor tensor, long[] shape) => Essential(tensor.shape).SequenceEqual(Essential(shape));

    private static long[] Essential(long[] shape) => shape is [_, _, 1, 1] ? shape[..2] : shape;

    private static string List(List<string> problems) =>
        string.Join("; ", problems.Take(ListedProblems))
            + (problems.Count > ListedProblems ? $"; and {problems.Count - ListedProblems} more" : "");
}
