using System.Globalization;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>A run's folder: checkpoints that the same run alone goes on from, metrics, and what other programs read.</summary>
internal sealed class CheckpointDirectory
{
    private readonly RunOptions _place;
    private readonly string _fingerprint;
    private readonly Checkpoints _checkpoints;

    /// <summary>Makes the folder where it is not there yet.</summary>
    /// <param name="fingerprint">See <see cref="SessionState.Fingerprint"/>.</param>
    public CheckpointDirectory(RunOptions place, string fingerprint)
    {
        (_place, _fingerprint) = (place, fingerprint);
        Directory.CreateDirectory(place.Output);
        _checkpoints = new Checkpoints(Path.Combine(place.Output, "checkpoints"));
    }

    /// <inheritdoc cref="Checkpoints.Newest"/>
    public string? Newest => _checkpoints.Newest();

    /// <summary>The state to go on from; null where the run begins.</summary>
    /// <exception cref="EngineException">The folder holds another run, or the state cannot be read.</exception>
    public SessionState? Resume()
    {
        if (Newest is not { } newest)
        {
            return null;
        }
        var state = Checkpoints.ReadState<SessionState>(newest);
        return state.Fingerprint == _fingerprint ? state : throw new EngineException(
            $"{_place.Output} holds a run with other data or options; give another folder, or delete its checkpoints to start over");
    }

    /// <param name="length">Bytes that belong to the checkpoint; what was written after it is cut off.</param>
    public MetricsFile Metrics(long length) => _place.Ranks.IsFirst
        ? new(Path.Combine(_place.Output, "metrics.jsonl"), length)
        : MetricsFile.OfAnother();

    /// <summary>Writes a checkpoint, at the first rank; returns its folder.</summary>
    public string Save(int position, SessionState state, TrainableWeights weights) => _place.Ranks.IsFirst
        ? _checkpoints.Save(position, state, folder => TrainedModel.Save(folder, weights))
        : "";

    /// <summary>Writes the weights as they are now, for sampling and other programs, at the first rank. Returns the file to sample
    /// with.</summary>
    /// <param name="folder">A folder of their own; by default the run's.</param>
    /// <param name="step">Optimizer steps done, for the file's metadata.</param>
    public string Export(TrainedModel model, TrainableWeights weights, string algorithm, int step, string? folder = null)
    {
        if (!_place.Ranks.IsFirst)
        {
            return "";
        }
        var metadata =
            new Dictionary<string, string>
            {
                ["algorithm"] = algorithm,
                ["manifest"] = _place.Manifest ?? "",
                ["parent"] = _place.Parent ?? ""
            };
        metadata["step"] = step.ToString(CultureInfo.InvariantCulture);
        folder ??= Path.Combine(_place.Output, model.FolderName);
        var file = "";
        AtomicFolder.Write(folder, temporary => file = Path.GetFileName(model.Export(temporary, metadata, weights)));
        return Path.Combine(folder, file);
    }
}
