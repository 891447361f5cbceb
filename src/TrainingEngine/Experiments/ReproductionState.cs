using System.Text.Json;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>What a run has reached. It is written last, when all else of an epoch is on the disk, so a stopped run goes on after
/// it.</summary>
/// <param name="Fingerprint">Of the model and of every option but the number of epochs.</param>
/// <param name="Rows">Epoch 0 and those that are complete.</param>
/// <param name="BaseColour">Mean colour of the base model's evaluation images.</param>
/// <param name="Policy">Weights that the last epoch left, relative to the folder; null while they are the model's own.</param>
internal sealed record ReproductionState(string Fingerprint, IReadOnlyList<EpochRow> Rows, double[] BaseColour, string? Policy)
{
    private const string Name = "reproduction.json";
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>A new folder's state, or that of a run with the same options.</summary>
    /// <exception cref="EngineException">The folder holds something else.</exception>
    public static ReproductionState Begin(string folder, string modelFolder, ReproductionOptions options)
    {
        string fingerprint = FingerprintOf(modelFolder, options), file = Path.Combine(folder, Name);
        if (!File.Exists(file))
        {
            var state = new ReproductionState(fingerprint, [], [], null);
            RunDirectory.Create(folder);
            state.Save(folder);
            return state;
        }

        try
        {
            ReproductionState? state = JsonSerializer.Deserialize<ReproductionState>(File.ReadAllBytes(file), Format);
            return state?.Fingerprint == fingerprint
                ? state
                : throw new EngineException(
                    $"{folder} holds a run with another model or other options; choose a new folder, or the same options to go on");
        }
        catch (JsonException error)
        {
            throw new EngineException($"{file} cannot be read ({error.Message}); choose a new folder", error);
        }
    }

    public void Save(string folder) => AtomicFile.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(this, Format));

    private static string FingerprintOf(string modelFolder, ReproductionOptions options) =>
        ContentHash.Of(
            JsonSerializer.SerializeToUtf8Bytes(RunDirectory.Identity(modelFolder, options with { Epochs = 0 }, options.Trained)));
}
