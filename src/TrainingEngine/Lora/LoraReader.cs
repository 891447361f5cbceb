using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// Makes branches out of the tensors of an adapter file of any known format, and refuses one that does not fit the model
/// with a single error that lists everything wrong.
/// </summary>
/// <param name="layers">The weight's shape of every layer that can carry a branch, by checkpoint path.</param>
public sealed class LoraReader(IReadOnlyDictionary<string, long[]> layers)
{
    private const int ListedProblems = 8;

    private readonly LoraKeys _keys = new(layers.Keys);

    /// <summary>The branches, float32, by layer.</summary>
    /// <param name="file">For error messages.</param>
    /// <param name="tensors">The file's tensors by key.</param>
    /// <param name="peft">PEFT's settings, for a file in its format.</param>
    /// <exception cref="EngineException">Keys of no layer, halves without the other, wrong shapes, values that are not finite.</exception>
    public IReadOnlyDictionary<string, LoraTensors> Read(string file, IReadOnlyDictionary<string, Tensor> tensors, PeftConfig? peft)
    {
        var problems = new List<string>();
        var parts = new Dictionary<(string Layer, LoraPart Part), Tensor>();
        foreach (var (key, tensor) in tensors)
        {
            if (_keys.Parse(key) is not { } known)
            {
                problems.Add($"{key} belongs to no layer of this model");
            }
            else if (!parts.TryAdd(known, tensor))
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
        string layer, Dictionary<(string, LoraPart), Tensor> parts, PeftConfig? peft, List<string> problems)
    {
        if (!parts.TryGetValue((layer, LoraPart.Down), out var down) || !parts.TryGetValue((layer, LoraPart.Up), out var up))
        {
            problems.Add($"{layer} has only {(parts.ContainsKey((layer, LoraPart.Down)) ? "down" : parts.ContainsKey((layer, LoraPart.Up)) ? "up" : "alpha")}");
            return null;
        }
        var rank = down.shape.FirstOrDefault();
        var weight = layers[layer];
        var downShape = new[] { rank }.Concat(weight[1..]).ToArray();
        var upShape = new[] { weight[0], rank }.Concat(weight[2..].Select(_ => 1L)).ToArray();
        if (rank == 0 || !Fits(down, downShape) || !Fits(up, upShape))
        {
            problems.Add($"{layer} has down {Shape(down.shape)} and up {Shape(up.shape)} for a weight {Shape(weight)}");
            return null;
        }
        var alpha = parts.TryGetValue((layer, LoraPart.Alpha), out var stored) && stored.numel() == 1
            ? stored.to(ScalarType.Float64).item<double>()
            : peft?.Alpha(layer, rank) ?? rank;
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

    private static IEnumerable<long> Essential(long[] shape) => shape.Length > 2 && shape[2..].All(size => size == 1) ? shape[..2] : shape;

    private static string Shape(long[] shape) => $"[{string.Join(", ", shape)}]";

    private static string List(List<string> problems) =>
        string.Join("; ", problems.Take(ListedProblems)) + (problems.Count > ListedProblems ? $"; and {problems.Count - ListedProblems} more" : "");
}
