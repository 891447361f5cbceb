using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// A small network that scores images for prompts. It sees an image by four strided convolutions, with the mean and the maximum of what
/// they
/// see over all places, or by the features of an image tower. A hidden layer is told of the prompt: by a row for each known one, or by the
/// features of its text, which also weigh what the image shows, so that a text and an image can match (a bilinear form, as the product of
/// CLIP's two towers in PickScore, arXiv 2305.01569, section 3).
/// </summary>
internal sealed class RewardNetwork : IDisposable
{
    /// <summary>Width and height of the images that it looks at.</summary>
    public const int Side = 64;

    private const string Fixed = "fixed.";
    private static readonly int[] Widths = [3, 24, 48, 64, 64];
    private const int Hidden = 64, Groups = 8;

    private readonly Dictionary<string, Tensor> _weights;

    private RewardNetwork(Dictionary<string, Tensor> weights, RewardShape shape) => (_weights, Shape) = (weights, shape);

    public RewardShape Shape { get; }

    /// <summary>All that is saved, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _weights;

    /// <summary>Those that learn.</summary>
    public IEnumerable<(string Name, Tensor Weight)> Learning =>
        _weights.Where(pair => !pair.Key.StartsWith(Fixed, StringComparison.Ordinal))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));

    /// <summary>A new one, with He's start values.</summary>
    public static RewardNetwork Create(RewardShape shape, int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(Seeds.At((ulong)(uint)seed, 0x726577617264)); // "reward"
        Tensor Normal(long fan, params long[] shape) =>
            (randn(shape, generator: generator) * Math.Sqrt(2.0 / fan)).DetachFromDisposeScope();
        Tensor Zeros(params long[] shape) => zeros(shape).DetachFromDisposeScope();
        Tensor Ones(params long[] shape) => ones(shape).DetachFromDisposeScope();
        var weights = new Dictionary<string, Tensor>();
        for (var layer = 0; layer + 1 < Widths.Length && shape.Tower is null; layer++)
        {
            weights[$"conv{layer}.weight"] = Normal(Widths[layer] * 9, Widths[layer + 1], Widths[layer], 3, 3);
            weights[$"conv{layer}.bias"] = Zeros(Widths[layer + 1]);
            weights[$"norm{layer}.weight"] = Ones(Widths[layer + 1]);
            weights[$"norm{layer}.bias"] = Zeros(Widths[layer + 1]);
        }
        var seen = shape.Tower ?? 2 * Widths[^1];
        weights["hidden.weight"] = Normal(seen, Hidden, seen);
        weights["prompt.weight"] = Zeros(shape.Prompt, Hidden);
        weights["score.weight"] = (randn([1, Hidden], generator: generator) * 0.01).DetachFromDisposeScope();
        if (shape.IsText)
        {
            weights["gate.weight"] = Zeros(shape.Prompt, Hidden);
            (weights["fixed.text.mean"], weights["fixed.text.scale"]) = (Zeros(shape.Prompt), Ones(1));
        }
        if (shape.Tower is { } tower)
        {
            (weights["fixed.tower.mean"], weights["fixed.tower.scale"]) = (Zeros(tower), Ones(1));
        }
        return new RewardNetwork(weights, shape);
    }

    /// <summary>One with the weights of a file.</summary>
    /// <param name="saved">Takes no others than these any more.</param>
    /// <exception cref="EngineException">They are not those of such a network; lists everything wrong.</exception>
    public static RewardNetwork Load(CheckpointWeights saved, RewardShape shape)
    {
        using var shapes = Create(shape, 0);
        var weights = shapes._weights.ToDictionary(pair => pair.Key, pair => saved.Take(pair.Key, pair.Value.shape, Start.Zeros));
        saved.Finish();
        return new RewardNetwork(weights, shape);
    }

    /// <summary>Brings frozen features to a mean of 0 and a mean square of 1, as they are in what is learned from.</summary>
    /// <param name="texts">[m, Prompt]: each prompt once.</param>
    /// <param name="images">[n, …]: features of an image tower.</param>
    public void Center(Tensor texts, Tensor images)
    {
        if (Shape.IsText)
        {
            Center("fixed.text", texts);
        }
        if (Shape.Tower is not null)
        {
            Center("fixed.tower", images);
        }
    }

    /// <summary>One score for each image, [n].</summary>
    /// <param name="images">[n, 3, 64, 64] of −1 to 1, or [n, features] of the image tower.</param>
    /// <param name="prompts">[n, Prompt].</param>
    public Tensor Forward(Tensor images, Tensor prompts)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.linear(
            Shape.Tower is null ? Look(images) : Centered("fixed.tower", images), _weights["hidden.weight"]); // [n, 64]
        if (Shape.IsText)
        {
            prompts = Centered("fixed.text", prompts);
            hidden = hidden * (1 + prompts.matmul(_weights["gate.weight"]));
        }
        hidden = nn.functional.silu(hidden + prompts.matmul(_weights["prompt.weight"]));
        return nn.functional.linear(hidden, _weights["score.weight"]).squeeze(1).MoveToOuterDisposeScope();
    }

    private Tensor Look(Tensor images)
    {
        var seen = images;
        for (var layer = 0; layer + 1 < Widths.Length; layer++)
        {
            seen = OneDnn.Convolve(seen, _weights[$"conv{layer}.weight"], _weights[$"conv{layer}.bias"], stride: 2, padding: 1);
            seen = nn.functional.silu(
                nn.functional.group_norm(seen, Groups, _weights[$"norm{layer}.weight"], _weights[$"norm{layer}.bias"]));
        }
        return cat([seen.mean([2L, 3L]), seen.amax([2L, 3L])], 1); // [n, 128]
    }

    private void Center(string name, Tensor features)
    {
        using var scope = NewDisposeScope();
        var mean = features.mean([0L]);
        var spread = (features - mean).square().mean().sqrt().item<float>();
        _weights[$"{name}.mean"].copy_(mean);
        // Where all are alike there is nothing to tell them apart by.
        _weights[$"{name}.scale"].fill_(spread > 1e-6f ? 1 / spread : 1);
    }

    private Tensor Centered(string name, Tensor features) => (features - _weights[$"{name}.mean"]) * _weights[$"{name}.scale"];

    public void Dispose()
    {
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }
    }
}
