using System.Globalization;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>How a <see cref="EmaTrainer"/> learns: AdamW (arXiv 1711.05101), warm-up, then half a cosine down to zero.</summary>
public sealed record LearningRateSchedule(double Rate, double Beta2, double Decay, int WarmUp, int Steps, double AverageDecay)
{
    public const double Beta1 = 0.9, Epsilon = 1e-8, MaxNorm = 1;

    /// <summary>The learning rate of step 0, 1, ….</summary>
    public double RateAt(int step) => step < WarmUp
        ? Rate * (step + 1) / WarmUp
        : Rate * 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUp) / Math.Max(1, Steps - WarmUp)));
}

/// <summary>
/// Weights that are trained from nothing, with the optimizer's moments and a running average of the weights (EMA), which
/// is what is kept in the end. All of it is in its checkpoint, so a resumed run continues bit-equal.
/// </summary>
public sealed class EmaTrainer
{
    private readonly string[] _names;
    private readonly Tensor[] _weights, _firstMoments, _secondMoments, _averages, _sums;
    private readonly LearningRateSchedule _schooling;

    public EmaTrainer(IEnumerable<KeyValuePair<string, Tensor>> parameters, LearningRateSchedule schooling)
    {
        _schooling = schooling;
        var ordered = parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        (_names, _weights) = ([.. ordered.Select(pair => pair.Key)], [.. ordered.Select(pair => pair.Value.requires_grad_(true))]);
        (_firstMoments, _secondMoments, _sums) = (Zeros(), Zeros(), Zeros());
        _averages = [.. _weights.Select(weight => weight.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>Steps taken.</summary>
    public int Step { get; private set; }

    public int Steps => _schooling.Steps;

    /// <summary>The running averages by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Averages => _names.Zip(_averages).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>One step on the sum of what micro-batches find; each returns its part of the loss, already divided by their
    /// count.</summary>
    /// <returns>The loss.</returns>
    /// <exception cref="EngineException">The loss or a gradient is not a number.</exception>
    public double Learn(ComputeThreads workers, int parts, Func<int, Tensor> lossOf, CancellationToken cancel)
    {
        var loss = 0.0;
        workers.Run(parts, Gradients, Take, cancel);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var norm = stack([.. _sums.Select(sum => sum.norm())]).norm().item<float>();
        if (!float.IsFinite(norm) || !double.IsFinite(loss))
        {
            throw new EngineException(
                $"training diverged at step {Step} (loss {loss}, gradient norm {norm}); resume with a lower learning rate");
        }

        Update(Math.Min(1, LearningRateSchedule.MaxNorm / (norm + 1e-6)));
        Step++;
        return loss;

        (double Loss, Tensor?[] Gradients) Gradients(int part)
        {
            using var inner = NewDisposeScope();
            var found = lossOf(part);
            var gradients = autograd.grad([found], _weights, allow_unused: true);
            return (found.item<float>(), [.. gradients.Select(gradient => gradient?.DetachFromDisposeScope())]);
        }

        void Take(int part, (double Loss, Tensor?[] Gradients) result)
        {
            using var inner = NewDisposeScope();
            using var unrecorded = no_grad();
            loss += result.Loss;
            for (var n = 0; n < _sums.Length; n++)
            {
                if (result.Gradients[n] is { } gradient)
                {
                    _sums[n].add_(gradient);
                    gradient.Dispose();
                }
            }
        }
    }

    /// <summary>Puts the averages in the place of the weights until the result is disposed of.</summary>
    public IDisposable Averaged() => new Exchange(_weights, _averages);

    public void Save(string file)
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(file, Keyed().ToDictionary(pair => pair.Key, pair => pair.Tensor.detach()),
            new Dictionary<string, string> { ["step"] = $"{Step}" });
    }

    /// <exception cref="EngineException">The file is damaged or belongs to another model; lists everything wrong.</exception>
    public void Load(string file)
    {
        using var untracked = no_grad();
        using var saved = new CheckpointWeights([file], "this run; delete the file to start over");
        foreach (var (key, tensor) in Keyed())
        {
            saved.Take(key, tensor.shape, Start.Zeros);
        }

        saved.Finish();
        Step = StepOf(file);
        foreach (var (key, tensor) in Keyed())
        {
            tensor.copy_(saved.Taken[key]);
            saved.Taken[key].Dispose();
        }
    }

    private static int StepOf(string file)
    {
        using var saved = SafeTensors.Open(file);
        return int.TryParse(saved.Metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : throw new EngineException($"{file}: does not say at which step it was written; delete it to start over");
    }

    private void Update(double gradientScale)
    {
        var rate = _schooling.RateAt(Step);
        var correction1 = 1 - Math.Pow(LearningRateSchedule.Beta1, Step + 1);
        var correction2 = Math.Sqrt(1 - Math.Pow(_schooling.Beta2, Step + 1));
        // A young average would remember the random start; it may not look further back than the run is old.
        var remembered = Math.Min(_schooling.AverageDecay, (1 + Step) / (10.0 + Step));
        for (var n = 0; n < _weights.Length; n++)
        {
            using var scope = NewDisposeScope();
            var gradient = _sums[n].mul_(gradientScale);
            _weights[n].mul_(1 - rate * _schooling.Decay);
            _firstMoments[n].mul_(LearningRateSchedule.Beta1).add_(gradient, 1 - LearningRateSchedule.Beta1);
            _secondMoments[n].mul_(_schooling.Beta2).addcmul_(gradient, gradient, 1 - _schooling.Beta2);
            _weights[n]
                .addcdiv_(_firstMoments[n], _secondMoments[n].sqrt().div_(correction2).add_(LearningRateSchedule.Epsilon),
                    -rate / correction1);
            _averages[n].mul_(remembered).add_(_weights[n], 1 - remembered);
            gradient.zero_();
        }
    }

    /// <summary>All that a checkpoint keeps, by its key in the file.</summary>
    private IEnumerable<(string Key, Tensor Tensor)> Keyed() =>
        new[] { ("weight", _weights), ("first", _firstMoments), ("second", _secondMoments), ("average", _averages) }
            .SelectMany(part => _names.Zip(part.Item2, (name, tensor) => ($"{part.Item1}.{name}", tensor)));

    private Tensor[] Zeros() => [.. _weights.Select(weight => zeros_like(weight).DetachFromDisposeScope())];

    private sealed class Exchange : IDisposable
    {
        private readonly Tensor[] _weights, _before;

        public Exchange(Tensor[] weights, Tensor[] averages)
        {
            (_weights, _before) = (weights, [.. weights.Select(weight => weight.detach().clone().DetachFromDisposeScope())]);
            Copy(averages);
        }

        public void Dispose()
        {
            Copy(_before);
            Array.ForEach(_before, tensor => tensor.Dispose());
        }

        private void Copy(Tensor[] source)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            for (var n = 0; n < _weights.Length; n++)
            {
                _weights[n].copy_(source[n]);
            }
        }
    }
}
