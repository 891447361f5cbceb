using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// A copy of the trained weights at one moment, which stands for a frozen copy of the model: only what is trained is
/// copied, and it changes places with the live weights while the reference is asked.
/// </summary>
public sealed class ReferenceWeights : IDisposable
{
    private readonly Tensor[] _frozen;

    /// <param name="weights">Copied as they are now.</param>
    public ReferenceWeights(TrainableWeights weights) => _frozen = [.. weights.Leaves.Select(Copy)];

    private ReferenceWeights(Tensor[] frozen) => _frozen = frozen;

    /// <summary>What makes the model the base model again: an adapter of zeros, or the weights of the model's folder.</summary>
    public static ReferenceWeights OfBase(TrainedModel model)
    {
        using var scope = NewDisposeScope();
        return new ReferenceWeights([.. model.BaseWeights().Select(Copy)]);
    }

    /// <summary>
    /// Puts the copy into the model until the result is disposed of. No graph may be alive meanwhile, and no other thread
    /// may use the model.
    /// </summary>
    public IDisposable InPlaceOf(TrainableWeights live) => new Exchange(live.Leaves, _frozen);

    public void Dispose()
    {
        foreach (var tensor in _frozen)
        {
            tensor.Dispose();
        }
    }

    private static Tensor Copy(Tensor leaf)
    {
        using var alias = leaf.detach();
        return alias.clone().DetachFromDisposeScope();
    }

    private sealed class Exchange : IDisposable
    {
        private readonly IReadOnlyList<Tensor> _leaves;
        private readonly Tensor[] _live;

        public Exchange(IReadOnlyList<Tensor> leaves, Tensor[] frozen)
        {
            _leaves = leaves;
            _live = [.. leaves.Select(Copy)];
            Write(frozen);
        }

        public void Dispose()
        {
            Write(_live);
            foreach (var tensor in _live)
            {
                tensor.Dispose();
            }
        }

        private void Write(Tensor[] source)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            for (var i = 0; i < source.Length; i++)
            {
                _leaves[i].copy_(source[i]);
            }
        }
    }
}
