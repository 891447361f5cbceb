using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Compute.Ranks;
using Labeler.TrainingEngine.Models;
using TorchSharp;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>A run in progress: the model that is trained, where it is, and what a checkpoint keeps of it.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly TrainingRun _run;
    private readonly string _fingerprint;
    private readonly IRanks _ranks;
    private readonly CheckpointDirectory _folder;
    private readonly MemoryPlan _memory;
    private readonly TrainedModel _model;
    private readonly TrainableWeights _weights;
    private readonly IObjective _objective;
    private readonly ReferenceWeights? _reference;
    private readonly MetricsFile _metrics;
    private readonly ComputeThreads _threads;
    private readonly StepGradients _gradients;
    private readonly RunClock _clock;
    private readonly CheckpointSchedule _schedule;
    private readonly long _total;
    private int _begun;
    private long _done;

    /// <summary>Makes the model ready and goes on from a checkpoint where there is one.</summary>
    public TrainingSession(StableDiffusion model, TrainingRun run, Func<ObjectiveContext, IObjective> make, CancellationToken stop)
    {
        MixedPrecision.RequireTrainable(model.Precision);
        _run = run;
        _ranks = run.Place.Ranks;
        _fingerprint = RunFingerprint.Of(run);
        _folder = new CheckpointDirectory(run.Place, _fingerprint);
        var state = _folder.Resume();
        RankAgreement.RequireOnePlace(_ranks, run.Place.Output, state?.Position);
        _memory = state?.Memory ?? run.Memory;
        _model = new TrainedModel(model, run.Trained, run.Updates.Seed);
        _weights = new TrainableWeights(_model.Parameters, run.Updates.AdamW, _model.TakeExact());
        var choice = state is { } kept && kept.Ranks == _ranks.Count ? kept.Threads : ChooseThreads(model);
        _threads = new ComputeThreads(choice.Workers, choice.Threads);
        _objective = _threads.Make(() => make(new ObjectiveContext(_memory, AsBase, _threads, _ranks)));
        _reference = _objective.Reference switch
        {
            Reference.Base => ReferenceWeights.OfBase(_model),
            Reference.Start => new ReferenceWeights(_weights),
            _ => null,
        };
        _metrics = _folder.Metrics(state?.MetricsLength ?? 0);
        Begin(state, stop);
        _gradients = new StepGradients(_weights, _threads, _reference, _ranks);
        (_total, _done) = (Enumerable.Range(0, Steps).Sum(_objective.ImagesIn), Enumerable.Range(0, Position).Sum(_objective.ImagesIn));
        _clock = new RunClock(run.Place.Clock, _total, _done);
        _schedule = new CheckpointSchedule(run.Place.Clock, run.Place.CheckpointEvery);
        if (state is null)
        {
            Save();
        }
        run.Place.Begun?.Invoke(_done, _total);
    }

    /// <summary>Optimizer steps done.</summary>
    public int Position { get; private set; }

    /// <summary>Optimizer steps in all.</summary>
    public int Steps => _objective.Steps;

    /// <summary>Takes one optimizer step.</summary>
    /// <exception cref="EngineException">A loss or gradient is not finite; names step and timesteps. No weight has changed.</exception>
    public TrainingProgress Step(CancellationToken stop)
    {
        stop = RankAgreement.OnStopping(_ranks, stop);
        _weights.ScaleLearningRate(_run.Updates.RateAt(Position, Steps));
        _weights.ClearGradients();
        var figures = _gradients.Add(_objective, Position, stop);
        var broken = figures.FirstOrDefault(figure => !double.IsFinite(figure.Value)).Key;
        var norm = broken is null ? _weights.Step(_run.Updates.MaxGradientNorm) : double.NaN;
        return double.IsFinite(norm) ? Count(figures, norm) : throw NotFinite(broken ?? "gradient");
    }

    /// <summary>Writes a checkpoint of where the run is.</summary>
    public string Save()
    {
        RankAgreement.RequireSameWeights(_ranks, _weights);
        _metrics.Flush();
        _run.Place.Saving?.Invoke();
        var state = new SessionState(
            _fingerprint, Position, _run.Algorithm, _run.Place.Manifest, _run.Place.Parent, _weights.Steps,
            new ThreadChoice(_threads.Count, _threads.ThreadsEach), _memory, _metrics.Length, _objective.State, _ranks.Count);
        var folder = _schedule.Take(() => _folder.Save(Position, state, _weights));
        if (Position > _begun)
        {
            _run.Place.Saved?.Invoke();
        }
        return folder;
    }

    /// <summary>Writes a checkpoint where the last one is old enough.</summary>
    public void SaveWhenDue()
    {
        if (_ranks.Count == 1 ? _schedule.IsDue : _ranks.Gather(_schedule.IsDue)[0])
        {
            Save();
        }
    }

    /// <summary>Writes the last checkpoint and what sampling and other programs read.</summary>
    public TrainingResult Finish() => _ranks.Gather(new TrainingResult(Save(), Export()))[0];

    public void Dispose()
    {
        _threads.Dispose();
        _metrics.Dispose();
        _reference?.Dispose();
        _weights.Dispose();
        _model.Dispose();
    }

    private void Begin(SessionState? state, CancellationToken stop)
    {
        if (state is null)
        {
            if (_run.Trained.OptimizerFrom is { } optimizer)
            {
                var goesOn = TrainedModel.GoOn(optimizer, _weights);
                _run.Place.Report?.Invoke(goesOn
                    ? $"the optimizer goes on after its step {_weights.Steps}"
                    : "the optimizer begins anew: text encoders were trained before and are not now, or the other way round");
            }
            foreach (var line in _objective.Check(stop))
            {
                _metrics.Write(line);
            }
            return;
        }
        _begun = Position = state.Position;
        TrainedModel.Restore(_folder.Newest!, _weights, state.OptimizerSteps);
        if (state.Objective is { } counted)
        {
            _objective.Restore(counted);
        }
        _run.Place.Report?.Invoke($"going on after step {Position} of {Steps}");
    }

    private IDisposable AsBase()
    {
        using var weights = ReferenceWeights.OfBase(_model);
        return weights.InPlaceOf(_weights);
    }

    private string Export(string? folder = null) => _folder.Export(_model, _weights, _run.Algorithm, Position, folder);

    private ThreadChoice ChooseThreads(StableDiffusion model)
    {
        var onProcessor = model.Device.type == DeviceType.CPU;
        var choice = ThreadChoice.For(model.IsSmall, onProcessor ? Math.Max(1, Environment.ProcessorCount / _ranks.OnMachine) : 1);
        var (workers, threads) = (_run.Place.Workers, _run.Place.Threads);
        return new(workers > 0 ? workers : choice.Workers, threads > 0 ? threads : choice.Threads);
    }

    private TrainingProgress Count(SortedDictionary<string, double> figures, double norm)
    {
        var (step, images, place) = (Position, _objective.ImagesIn(Position), _objective.PlaceOf(Position));
        Position++;
        _done += images;
        _clock.Advance(images);
        var metrics =
            new TrainingMetrics(place.InnerEpoch, Position, Steps, place.Timesteps, figures, norm, _clock.Speed, _clock.SecondsLeft);
        _metrics.Write(metrics);
        foreach (var line in _objective.Stepped(step, norm))
        {
            _metrics.Write(line);
        }
        if (_ranks.IsFirst)
        {
            _run.AfterStep?.Invoke(Position, folder => Export(folder));
        }
        return new TrainingProgress(images, _done, _total, metrics);
    }

    private EngineException NotFinite(string what)
    {
        var timesteps = _objective.PlaceOf(Position).Timesteps;
        var where = timesteps.Count > 0 ? $", timestep {string.Join(" or ", timesteps)}" : "";
        return new EngineException(
            $"the {what} is not finite at optimizer step {Position + 1} of {Steps}{where}; the last checkpoint is "
                + $"{_folder.Newest ?? "none"}; a lower learning rate or a divergence term may help");
    }
}
