using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// A small convolutional network that scores images for prompts: four strided convolutions, the mean and the maximum of
/// what they see over all places, and a hidden layer that is told which prompt it is.
/// </summary>
internal sealed class RewardNetwork : IDisposable
{
    /// <summary>Width and height of the images that it looks at.</summary>
    public const int Side = 64;

    private static readonly int[] Widths = [3, 24, 48, 64, 64];
    private const int Hidden = 64, Groups = 8;

    private readonly Dictionary<string, Tensor> _weights;

    private RewardNetwork(Dictionary<string, Tensor> weights, int prompts) => (_weights, Prompts) = (weights, prompts);

    /// <summary>Prompts that it tells apart.</summary>
    public int Prompts { get; }

    /// <summary>Its weights by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _weights;

    /// <summary>A new one, with He's start values.</summary>
    public static RewardNetwork Create(int prompts, int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(Seeds.At((ulong)(uint)seed, 0x726577617264)); // "reward"
        Tensor Normal(long fan, params long[] shape) =>
            (randn(shape, generator: generator) * Math.Sqrt(2.0 / fan)).DetachFromDisposeScope();
        var weights = new Dictionary<string, Tensor>();
        for (var layer = 0; layer + 1 < Widths.Length; layer++)
        {
            weights[$"conv{layer}.weight"] = Normal(Widths[layer] * 9, Widths[layer + 1], Widths[layer], 3, 3);
            weights[$"conv{layer}.bias"] = zeros(Widths[layer + 1]).DetachFromDisposeScope();
            weights[$"norm{layer}.weight"] = ones(Widths[layer + 1]).DetachFromDisposeScope();
            weights[$"norm{layer}.bias"] = zeros(Widths[layer + 1]).DetachFromDisposeScope();
        }
        weights["hidden.weight"] = Normal(2 * Widths[^1], Hidden, 2 * Widths[^1]);
        weights["prompt.weight"] = zeros(prompts, Hidden).DetachFromDisposeScope();
        weights["score.weight"] = (randn([1, Hidden], generator: generator) * 0.01).DetachFromDisposeScope();
        return new RewardNetwork(weights, prompts);
    }

    /// <summary>One with the weights of a file.</summary>
    /// <param name="prompts">Prompts that the file says it tells apart.</param>
    /// <exception cref="EngineException">They are not those of such a network; lists everything wrong.</exception>
    public static RewardNetwork Load(string file, int prompts)
    {
        using var saved = new CheckpointWeights([file], "a reward model of this program; train it again");
        using var shapes = Create(prompts, 0);
        foreach (var (name, weight) in shapes._weights)
        {
            saved.Take(name, weight.shape, Start.Zeros);
        }
        saved.Finish();
        return new RewardNetwork(new(saved.Taken), prompts);
    }

    /// <summary>One score for each image, [n].</summary>
    /// <param name="images">[n, 3, 64, 64] of −1 to 1.</param>
    /// <param name="prompts">int64 [n], numbers of prompts.</param>
    public Tensor Forward(Tensor images, Tensor prompts)
    {
        using var scope = NewDisposeScope();
        var seen = images;
        for (var layer = 0; layer + 1 < Widths.Length; layer++)
        {
            seen = OneDnn.Convolve(seen, _weights[$"conv{layer}.weight"], _weights[$"conv{layer}.bias"], stride: 2, padding: 1);
            seen = nn.functional.silu(
                nn.functional.group_norm(seen, Groups, _weights[$"norm{layer}.weight"], _weights[$"norm{layer}.bias"]));
        }
        var pooled = cat([seen.mean([2L, 3L]), seen.amax([2L, 3L])], 1); // [n, 128]
        var hidden =
            nn.functional.silu(
                nn.functional.linear(pooled, _weights["hidden.weight"]) + _weights["prompt.weight"].index_select(0, prompts));
        return nn.functional.linear(hidden, _weights["score.weight"]).squeeze(1).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }
    }
}
