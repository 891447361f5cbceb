using Labeler.TrainingEngine.Compute;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>Settings of AdamW.</summary>
public sealed record AdamWSettings(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay);

/// <summary>
/// The weights that are trained: gradients are summed here and AdamW moves them. The optimizer works on float32 weights;
/// where the model computes in another type, its own copy is rounded from them after every step.
/// </summary>
public sealed class TrainableWeights : IDisposable
{
    private readonly Parameter[] _masters;
    private readonly Tensor[] _sums;
    private readonly AdamW _optimizer;
    private readonly AdamW.State[] _states;

    /// <param name="weights">Names and leaves of the model. They require gradients from here on.</param>
    /// <param name="settings">Of the optimizer.</param>
    /// <param name="exact">float32 values of weights that the model has rounded, by name; they become the optimizer's own.</param>
    public TrainableWeights(IReadOnlyCollection<(string Name, Tensor Weight)> weights, AdamWSettings settings,
        IReadOnlyDictionary<string, Tensor>? exact = null)
    {
        using var scope = NewDisposeScope();
        (Names, Leaves) = ([.. weights.Select(pair => pair.Name)], [.. weights.Select(pair => pair.Weight)]);
        foreach (var leaf in Leaves)
        {
            leaf.requires_grad_(true);
        }
        // detach() shares the storage: a float32 model sees the optimizer's steps at once.
        _masters =
            [.. Names.Zip(Leaves, (name, leaf) => new Parameter(exact?.GetValueOrDefault(name) ?? MixedPrecision.Wide(leaf.detach())))];
        _sums = [.. _masters.Select(master => zeros_like(master))];
        for (var i = 0; i < _masters.Length; i++)
        {
            _masters[i].grad = _sums[i];
            _masters[i].DetachFromDisposeScope();
            _sums[i].DetachFromDisposeScope();
        }
        _optimizer = optim.AdamW(_masters, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Epsilon, settings.WeightDecay);
        _states = [.. _optimizer.state_dict().State.Cast<AdamW.State>()];
    }

    /// <summary>Names as the checkpoint has them.</summary>
    public string[] Names { get; }

    /// <summary>The model's own tensors, in the order of the names.</summary>
    public Tensor[] Leaves { get; }

    /// <summary>The float32 weights that the optimizer moves, in the order of the names.</summary>
    public IReadOnlyList<Tensor> Weights => _masters;

    /// <summary>The summed gradients, in the order of the names.</summary>
    public IReadOnlyList<Tensor> Gradients => _sums;

    /// <summary>Optimizer steps taken.</summary>
    public long Steps => _states.Length == 0 ? 0 : _states[0].step;

    /// <summary>Multiplies the learning rate of the settings from here on, for a warm-up.</summary>
    /// <param name="share">1 is the whole.</param>
    public void ScaleLearningRate(double share)
    {
        foreach (var group in _optimizer.ParamGroups)
        {
            group.LearningRate = group.InitialLearningRate * share;
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void ClearGradients()
    {
        foreach (var sum in _sums)
        {
            sum.zero_();
        }
    }

    /// <summary>Adds the gradients of one micro-batch, in the order of the names.</summary>
    public void AddGradients(IList<Tensor> gradients)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        for (var i = 0; i < _sums.Length; i++)
        {
            if (gradients[i] is { IsInvalid: false } gradient)
            {
                _sums[i].add_(gradient);
            }
        }
    }

    /// <summary>
    /// Clips the summed gradients to a largest norm and takes one optimizer step. Where they are not finite, no
    /// weight changes.
    /// </summary>
    /// <returns>The norm of all gradients together, before clipping.</returns>
    public double Step(double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var norm = nn.utils.clip_grad_norm_(_masters, maxNorm);
        if (double.IsFinite(norm))
        {
            _optimizer.step();
            RoundToModel();
        }
        return norm;
    }

    /// <summary>What a checkpoint keeps besides the weights: AdamW's two moments of each.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> OptimizerTensors() => Names.SelectMany((name, i) => new[]
    {
        ($"{name}.exp_avg", _states[i].exp_avg), ($"{name}.exp_avg_sq", _states[i].exp_avg_sq),
    });

    /// <summary>Takes weights and optimizer over from a checkpoint.</summary>
    /// <param name="saved">Weights by name and moments as <see cref="OptimizerTensors"/> names them; float32, of the shapes that are
    /// here.</param>
    /// <param name="steps">Optimizer steps taken.</param>
    public void Restore(IReadOnlyDictionary<string, Tensor> saved, long steps)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        for (var i = 0; i < Names.Length; i++)
        {
            _masters[i].copy_(saved[Names[i]]);
        }
        GoOn(saved, steps);
        RoundToModel();
    }

    /// <summary>Takes the optimizer over alone; see <see cref="Restore"/>.</summary>
    public void GoOn(IReadOnlyDictionary<string, Tensor> saved, long steps)
    {
        using var untracked = no_grad();
        for (var i = 0; i < Names.Length; i++)
        {
            _states[i].exp_avg.copy_(saved[$"{Names[i]}.exp_avg"]);
            _states[i].exp_avg_sq.copy_(saved[$"{Names[i]}.exp_avg_sq"]);
            _states[i].step = steps;
        }
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var tensor in _masters.Concat(_sums))
        {
            tensor.Dispose();
        }
    }

    private void RoundToModel()
    {
        for (var i = 0; i < Leaves.Length; i++)
        {
            if (Leaves[i].dtype != ScalarType.Float32)
            {
                Leaves[i].copy_(_masters[i]);
            }
        }
    }
}
