using System.Text.Json;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training;

/// <summary>What a checkpoint of the shared loop knows besides weights and optimizer.</summary>
/// <param name="Fingerprint">Hash of everything that the result follows from.</param>
/// <param name="Position">Optimizer steps done.</param>
/// <param name="OptimizerSteps">Steps that AdamW counts.</param>
/// <param name="Workers">Threads change the last bits, so a resumed run keeps them.</param>
/// <param name="Memory">Images in one forward; it changes the last bits, too.</param>
/// <param name="MetricsLength">Bytes of the metrics file that belong to it.</param>
internal sealed record SessionState(
    string Fingerprint, int Position, string Algorithm, string? Manifest, string? Parent, long OptimizerSteps, WorkerChoice Workers, MemoryPlan Memory, long MetricsLength) : IRunState;

/// <summary>A run of the shared loop in progress.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly TrainingRun _run;
    private readonly string _fingerprint;
    private readonly RunFolder _folder;
    private readonly MemoryPlan _memory;
    private readonly TrainedModel _model;
    private readonly TrainableWeights _weights;
    private readonly IObjective _objective;
    private readonly ReferenceWeights? _reference;
    private readonly MetricsFile _metrics;
    private readonly ComputeThreads _workers;
    private readonly RunClock _clock;
    private readonly CheckpointSchedule _rhythm;
    private readonly long _total;
    private long _done;

    /// <summary>Makes the model ready and goes on from a checkpoint where there is one.</summary>
    public TrainingSession(StableDiffusion model, TrainingRun run, Func<MemoryPlan, IObjective> make, CancellationToken stop)
    {
        _run = run;
        _fingerprint = ContentHash.Of(JsonSerializer.SerializeToUtf8Bytes(new
        {
            run.Algorithm,
            Updates = (object)run.Updates,
            run.Data,
            Trained = (object)(run.Trained with { From = run.Trained.From is { } file ? ContentHash.OfFile(file) : null }),
            Kind = run.Trained.GetType().Name,
            run.Place.Manifest,
            run.Place.Parent,
            run.Place.MicroBatch,
            run.Place.Recompute,
        }));
        _folder = new RunFolder(run.Place, _fingerprint);
        var state = _folder.Resume<SessionState>();
        _memory = state?.Memory ?? run.Memory;
        _model = new TrainedModel(model.Unet, run.Trained, run.Updates.Seed);
        _weights = new TrainableWeights(_model.Parameters, run.Updates.AdamW);
        _objective = make(_memory);
        _reference = _objective.Reference switch
        {
            Reference.Base => ReferenceWeights.OfBase(_model),
            Reference.Start => new ReferenceWeights(_weights),
            _ => null,
        };
        _metrics = _folder.Metrics(state?.MetricsLength ?? 0);
        if (state is not null)
        {
            Position = state.Position;
            TrainedModel.Restore(_folder.Newest!, _weights, state.OptimizerSteps);
            run.Place.Report?.Invoke($"going on after step {Position} of {Steps}");
        }
        else
        {
            _objective.Check(stop);
        }
        var choice = state?.Workers ?? ChooseWorkers(model.Unet.Parameters["conv_in.weight"].device.type == DeviceType.CPU);
        _workers = new ComputeThreads(choice.Workers, choice.Threads);
        (_total, _done) = (Enumerable.Range(0, Steps).Sum(_objective.ImagesIn), Enumerable.Range(0, Position).Sum(_objective.ImagesIn));
        _clock = new RunClock(run.Place.Clock, _total, _done);
        _rhythm = new CheckpointSchedule(run.Place.Clock, run.Place.CheckpointEvery);
        run.Place.Begun?.Invoke(_done, _total);
    }

    /// <summary>Optimizer steps done.</summary>
    public int Position { get; private set; }

    /// <summary>Optimizer steps in all.</summary>
    public int Steps => _objective.Steps;

    /// <summary>Takes one optimizer step.</summary>
    /// <exception cref="EngineException">A loss or gradient is not finite. No weight has changed.</exception>
    public TrainingProgress Step(CancellationToken stop)
    {
        var warmUp = _run.Updates.WarmUpSteps;
        _weights.ScaleLearningRate(Position < warmUp ? (Position + 1.0) / warmUp : 1);
        _weights.ClearGradients();
        var parts = _objective.Begin(Position);
        var answers = new Tensor?[parts];
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        try
        {
            AskReference(answers, stop);
            _workers.Run(parts, part => _objective.Compute(part, answers[part], _weights.Leaves), (_, result) => Take(result, figures), stop);
        }
        finally
        {
            Array.ForEach(answers, answer => answer?.Dispose());
        }
        var broken = figures.FirstOrDefault(figure => !double.IsFinite(figure.Value)).Key;
        var norm = broken is null ? _weights.Step(_run.Updates.MaxGradientNorm) : double.NaN;
        if (!double.IsFinite(norm))
        {
            throw new EngineException(
                $"the {broken ?? "gradient"} is not finite at optimizer step {Position + 1} of {Steps}; the last checkpoint is {_folder.Newest ?? "none"}; a lower learning rate may help");
        }
        return Count(figures, norm);
    }

    /// <summary>Writes a checkpoint of where the run is.</summary>
    public string Save()
    {
        _metrics.Flush();
        var state = new SessionState(
            _fingerprint, Position, _run.Algorithm, _run.Place.Manifest, _run.Place.Parent, _weights.Steps, new WorkerChoice(_workers.Count, _workers.ThreadsEach), _memory, _metrics.Length);
        return _rhythm.Take(() => _folder.Save(Position, state, _weights));
    }

    /// <summary>Writes the last checkpoint and what sampling and other programs read.</summary>
    public TrainingResult Finish()
    {
        var checkpoint = Save();
        return new TrainingResult(checkpoint, Export());
    }

    public void Dispose()
    {
        _workers.Dispose();
        _metrics.Dispose();
        _reference?.Dispose();
        _objective.Dispose();
        _weights.Dispose();
        _model.Dispose();
    }

    private string Export(string? folder = null) => _folder.Export(_model, _run.Algorithm, Position, folder);

    private WorkerChoice ChooseWorkers(bool processor)
    {
        var cores = processor ? Environment.ProcessorCount : 1;
        WorkerChoice[] all = [.. _memory.Recompute ? Array.Empty<WorkerChoice>() : [new(cores, 1)], new(1, cores), new(1, 1)];
        var place = _run.Place;
        WorkerChoice[] choices = [.. all.Select(choice => new WorkerChoice(place.Workers > 0 ? place.Workers : choice.Workers, place.Threads > 0 ? place.Threads : choice.Threads)).Distinct()];
        if (choices.Length > 1)
        {
            _objective.Begin(0);
        }
        return WorkerChoice.Measure(choices, Trial, place.Report);
    }

    private void Trial()
    {
        using var scope = NewDisposeScope();
        var reference = _reference is null ? null : _objective.Refer(0);
        foreach (var gradient in _objective.Compute(0, reference, _weights.Leaves).Gradients)
        {
            gradient?.Dispose();
        }
    }

    private void AskReference(Tensor?[] answers, CancellationToken stop)
    {
        if (_reference is null)
        {
            return;
        }
        using var instead = _reference.InPlaceOf(_weights);
        _workers.Run(answers.Length, part =>
        {
            using var scope = NewDisposeScope();
            return _objective.Refer(part).DetachFromDisposeScope();
        }, (part, answer) => answers[part] = answer, stop);
    }

    private void Take(PartResult result, SortedDictionary<string, double> figures)
    {
        _weights.AddGradients(result.Gradients);
        foreach (var gradient in result.Gradients)
        {
            gradient?.Dispose();
        }
        foreach (var (name, share) in result.Figures)
        {
            figures[name] = figures.GetValueOrDefault(name) + share;
        }
    }

    private TrainingProgress Count(SortedDictionary<string, double> figures, double norm)
    {
        var images = _objective.ImagesIn(Position);
        Position++;
        _done += images;
        _clock.Advance(images);
        var metrics = new TrainingMetrics(Position, Steps, figures, norm, _clock.Speed, _clock.SecondsLeft);
        _metrics.Write(metrics);
        _run.AfterStep?.Invoke(Position, folder => Export(folder));
        if (_rhythm.IsDue)
        {
            Save();
        }
        return new TrainingProgress(images, _done, _total, metrics);
    }
}
