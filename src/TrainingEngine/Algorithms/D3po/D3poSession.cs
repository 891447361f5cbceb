using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>A run in progress: the model that is trained, where it is in the plan, and what a checkpoint keeps of it.</summary>
internal sealed class D3poSession : IDisposable
{
    private readonly D3poRun _run;
    private readonly EpochData _data;
    private readonly IReadOnlyList<PlannedStep> _plan;
    private readonly string _fingerprint;
    private readonly RunFolder _folder;
    private readonly MetricsFile _metrics;
    private readonly TrainedModel _model;
    private readonly TrainableWeights _weights;
    private readonly ComputeThreads _workers;
    private readonly ID3poGradients _gradients;
    private readonly ReferenceWeights? _reference;
    private readonly MemoryPlan _memory;
    private readonly RunClock _clock;
    private readonly Dictionary<int, TimestepStatistics> _statistics;
    private readonly List<TimestepMetrics> _finished;
    private readonly CheckpointSchedule _rhythm;

    /// <summary>Makes the model ready, goes on from a checkpoint where there is one, and checks the ratios where there is none.</summary>
    public D3poSession(
        StableDiffusion model, D3poRun run, EpochData data, DdimStep ddim, IReadOnlyList<PlannedStep> plan, CancellationToken cancellation)
    {
        (_run, _data, _plan) = (run, data, plan);
        _fingerprint = D3poFingerprint.Of(run);
        _folder = new RunFolder(run.Place, _fingerprint);
        var state = _folder.Resume<D3poState>();
        _memory = state?.Memory ?? D3poResources.Memory(model, run, data);

        var weight = model.Unet.Parameters["conv_in.weight"];
        var policy = new Policy(
            new GuidedUNet(model.Unet, data.Origin.Guidance, run.Options.DetachUnconditional), ddim, weight.dtype, _memory.Recompute);
        var means = new MeansOfPolicy(policy, data, plan, _memory.ImagesAtOnce);
        if (run.Options.KlToBase > 0)
        {
            means.Keep(ofBase: true, cancellation);
        }
        _model = new TrainedModel(model.Unet, run.Trained, run.Options.Seed);
        _weights = new TrainableWeights(_model.Parameters, run.Options.AdamW);
        if (run.Options.KlToPrevious > 0)
        {
            means.Keep(ofBase: false, cancellation);
        }
        _reference = run.Options.Mode == D3poMode.Official ? new ReferenceWeights(_weights) : null;

        _metrics = _folder.Metrics(state?.MetricsLength ?? 0);
        (_statistics, _finished, Position) = (state?.Statistics ?? [], state?.Finished ?? [], state?.Position ?? 0);
        if (state is not null)
        {
            TrainedModel.Restore(_folder.Newest!, _weights, state.OptimizerSteps);
            run.Place.Report?.Invoke($"going on after step {Position} of {plan.Count}");
        }
        else if (plan.SelectMany(step => step.Groups).FirstOrDefault(data.IsOwn, -1) is var own and >= 0)
        {
            var selfCheck = new RatioSelfCheck(policy, data, run.Options.RatioTolerance, weight.dtype);
            foreach (var check in selfCheck.Run(own, plan.SelectMany(step => step.SamplingSteps), _memory.ImagesAtOnce, cancellation))
            {
                _metrics.Write(check);
            }
        }
        var choice = state?.Workers ?? D3poResources.Workers(policy, run, data, plan, _memory, _weights.Leaves);
        _workers = new ComputeThreads(choice.Workers, choice.Threads);
        _gradients = GradientsOn(policy, _workers);
        _clock = new RunClock(run.Place.Clock, plan.Sum(Images), plan.Take(Position).Sum(Images));
        _rhythm = new CheckpointSchedule(run.Place.Clock, run.Place.CheckpointEvery);
        if (state is null)
        {
            Save();
        }
        run.Place.Begun?.Invoke(plan.Take(Position).Sum(Images), plan.Sum(Images));
    }

    /// <summary>Optimizer steps of the plan that are done.</summary>
    public int Position { get; private set; }

    /// <summary>Takes one optimizer step.</summary>
    /// <exception cref="EngineException">A loss or gradient is not finite; names step and timestep. No weight has changed.</exception>
    public D3poProgress Step(CancellationToken cancellation)
    {
        var step = _plan[Position];
        _data.Load(step.Groups);
        _weights.ClearGradients();
        var statistics = _gradients.Add(step, _data, cancellation);
        var broken = statistics.Where(pair => !double.IsFinite(pair.Value.Loss)).Select(pair => pair.Key).ToArray();
        var norm = broken.Length > 0 ? double.NaN : _weights.Step(_run.Options.MaxGradientNorm);
        if (!double.IsFinite(norm))
        {
            throw NotFinite(broken.Length > 0 ? "loss" : "gradient", broken.Length > 0 ? broken : step.SamplingSteps);
        }
        foreach (var (sampling, sums) in statistics)
        {
            var total = _statistics.TryGetValue(sampling, out var known) ? known : _statistics[sampling] = new TimestepStatistics();
            total.Add(sums);
            total.GradientNorm += norm;
            total.Steps++;
        }
        Position++;
        _clock.Advance(Images(step));
        var metrics = Describe(step, statistics.Values, norm);
        _metrics.Write(metrics);
        if (Position == _plan.Count || _plan[Position].InnerEpoch != step.InnerEpoch)
        {
            CloseEpoch(step.InnerEpoch);
        }
        if (_rhythm.IsDue)
        {
            Save();
        }
        return new D3poProgress(Position, _plan.Count, step.InnerEpoch, Images(step), _plan.Take(Position).Sum(Images), _plan.Sum(Images), metrics);
    }

    /// <summary>Writes a checkpoint of where the run is.</summary>
    public string Save()
    {
        _metrics.Flush();
        var state = new D3poState(
            _fingerprint, Position, _run.Place.Manifest, _run.Place.Parent, _run.Options, _weights.Steps, new WorkerChoice(_workers.Count, _workers.ThreadsEach),
            _memory, _metrics.Length, _statistics, _finished);
        return _rhythm.Take(() => _folder.Save(Position, state, _weights));
    }

    /// <summary>Writes the last checkpoint and what sampling and other programs read.</summary>
    public D3poResult Finish()
    {
        var checkpoint = Save();
        return new D3poResult(checkpoint, _folder.Export(_model, "d3po"), _finished);
    }

    public void Dispose()
    {
        _workers.Dispose();
        _metrics.Dispose();
        _reference?.Dispose();
        _weights.Dispose();
        _model.Dispose();
    }

    private ID3poGradients GradientsOn(Policy policy, ComputeThreads workers) => _reference is null
        ? new GroupedGradients(policy, _weights, workers, _run.Options, _memory.ImagesAtOnce)
        : new OfficialGradients(policy, _weights, _reference, _run.Options);

    private EngineException NotFinite(string what, IEnumerable<int> samplingSteps) => new(
        $"a {what} is not finite at optimizer step {Position + 1} of {_plan.Count}, timestep {string.Join(" or ", samplingSteps.Select(step => _data.Timesteps[step]))}; "
        + $"the last checkpoint is {_folder.Newest}; a lower learning rate or a divergence term may help");

    private StepMetrics Describe(PlannedStep step, IEnumerable<TimestepStatistics> statistics, double norm)
    {
        var sums = new TimestepStatistics();
        foreach (var one in statistics)
        {
            sums.Add(one);
        }
        return new StepMetrics(
            step.InnerEpoch, Position, _plan.Count, [.. step.SamplingSteps.Select(sampling => _data.Timesteps[sampling])],
            sums.MeanLoss, sums.DeadShare, sums.MeanMargin, sums.Accuracy, sums.MeanKl, norm, _clock.Speed, _clock.SecondsLeft);
    }

    private void CloseEpoch(int epoch)
    {
        foreach (var (sampling, sums) in _statistics.OrderBy(pair => pair.Key))
        {
            var line = TimestepMetrics.From(epoch, sampling, _data.Timesteps[sampling], sums);
            _metrics.Write(line);
            _finished.Add(line);
        }
        _statistics.Clear();
    }

    private long Images(PlannedStep step) =>
        (long)step.SamplingSteps.Count * (_run.Options.Mode == D3poMode.Official ? 2 * step.Preferences.Count : step.ImageCount);
}
