using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>What a weight starts as when a model is made from nothing; PyTorch's own defaults.</summary>
public enum Start
{
    /// <summary>Uniform within ±1/√fan-in: weights and biases of linear layers and convolutions.</summary>
    FanIn,
    Ones,
    Zeros,

    /// <summary>Standard normal times 0.02: embeddings.</summary>
    Embedding,
}

/// <summary>
/// Where a model's layers take their tensors from, by checkpoint path. Layers ask in the order in which they are made,
/// so a model made from one seed is always the same.
/// </summary>
public abstract class WeightSource
{
    private readonly Dictionary<string, Tensor> _taken = new(StringComparer.Ordinal);

    /// <summary>Every tensor handed out, by path: the model's parameters.</summary>
    public IReadOnlyDictionary<string, Tensor> Taken => _taken;

    /// <summary>The tensor of a path. <paramref name="fanIn"/> matters to <see cref="Start.FanIn"/> alone.</summary>
    public Tensor Take(string path, long[] shape, Start start, long fanIn = 1)
    {
        var tensor = Find(path, shape, start, fanIn).DetachFromDisposeScope();
        _taken.Add(path, tensor);
        return tensor;
    }

    /// <summary>Whether a checkpoint holds this path; layers with older names ask.</summary>
    public virtual bool Has(string path) => false;

    /// <summary>Called once all layers are made: the place to complain of what is missing, surplus or wrong.</summary>
    public virtual void Finish()
    {
    }

    protected abstract Tensor Find(string path, long[] shape, Start start, long fanIn);
}

/// <summary>Copies of another model's weights.</summary>
public sealed class CopiedWeights(IReadOnlyDictionary<string, Tensor> weights, Device device) : WeightSource
{
    /// <inheritdoc />
    public override bool Has(string path) => weights.ContainsKey(path);

    protected override Tensor Find(string path, long[] shape, Start start, long fanIn) => weights[path].detach().to(device, copy: true);
}

/// <summary>Weights of a model made from nothing, from a seed.</summary>
public sealed class RandomWeights(ulong seed, ScalarType dtype = ScalarType.Float32, Device? device = null) : WeightSource
{
    private readonly Generator _generator = new(seed);

    protected override Tensor Find(string path, long[] shape, Start start, long fanIn)
    {
        var bound = 1 / Math.Sqrt(Math.Max(1, fanIn));
        using var tensor = start switch
        {
            Start.Ones => ones(shape),
            Start.Zeros => zeros(shape),
            Start.Embedding => randn(shape, generator: _generator).mul_(0.02),
            _ => rand(shape, generator: _generator).mul_(2 * bound).sub_(bound),
        };
        return tensor.to(dtype, device ?? CPU, copy: true);
    }
}
