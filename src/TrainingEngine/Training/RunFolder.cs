using System.Globalization;

namespace Labeler.TrainingEngine.Training;

/// <summary>What a checkpoint of any loop tells about the run that it belongs to.</summary>
internal interface IRunState
{
    /// <summary>Hash of everything that the run's result follows from; a run resumes only its own checkpoints.</summary>
    string Fingerprint { get; }
}

/// <summary>A run's folder: checkpoints that the same run alone goes on from, metrics, and what other programs read.</summary>
internal sealed class RunFolder
{
    private readonly RunOptions place;
    private readonly string fingerprint;
    private readonly Checkpoints checkpoints;

    /// <summary>Makes the folder where it is not there yet.</summary>
    /// <param name="fingerprint">See <see cref="IRunState.Fingerprint"/>.</param>
    public RunFolder(RunOptions place, string fingerprint)
    {
        (this.place, this.fingerprint) = (place, fingerprint);
        Directory.CreateDirectory(place.Output);
        checkpoints = new Checkpoints(Path.Combine(place.Output, "checkpoints"));
    }

    /// <inheritdoc cref="Checkpoints.Newest"/>
    public string? Newest => checkpoints.Newest();

    /// <summary>The state to go on from; null where the run begins.</summary>
    /// <exception cref="EngineException">The folder holds another run, or the state cannot be read.</exception>
    public T? Resume<T>() where T : class, IRunState
    {
        if (Newest is not { } newest)
        {
            return null;
        }
        var state = Checkpoints.ReadState<T>(newest);
        return state.Fingerprint == fingerprint ? state : throw new EngineException(
            $"{place.Output} holds a run with other data or options; give another folder, or delete its checkpoints to start over");
    }

    /// <param name="length">Bytes that belong to the checkpoint; what was written after it is cut off.</param>
    public MetricsFile Metrics(long length) => new(Path.Combine(place.Output, "metrics.jsonl"), length);

    /// <summary>Writes a checkpoint; returns its folder.</summary>
    public string Save<T>(int position, T state, TrainableWeights weights) => checkpoints.Save(position, state, folder => TrainedModel.Save(folder, weights));

    /// <summary>Writes the weights as they are now, for sampling and other programs. Returns the file to sample with.</summary>
    /// <param name="folder">A folder of their own; by default the run's.</param>
    /// <param name="step">Optimizer steps done, for the file's metadata.</param>
    public string Export(TrainedModel model, string algorithm, int? step = null, string? folder = null)
    {
        var metadata = new Dictionary<string, string> { ["algorithm"] = algorithm, ["manifest"] = place.Manifest ?? "", ["parent"] = place.Parent ?? "" };
        if (step is { } done)
        {
            metadata["step"] = done.ToString(CultureInfo.InvariantCulture);
        }
        folder ??= Path.Combine(place.Output, model.FolderName);
        var file = "";
        AtomicFolder.Write(folder, temporary => file = Path.GetFileName(model.Export(temporary, metadata)));
        return Path.Combine(folder, file);
    }
}
