using System.Text.Json;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>What was measured so far. It is written last, when all else of an epoch is on the disk, so a stopped run goes on after
/// it.</summary>
/// <param name="BaseColour">Mean colour of the base model's evaluation images.</param>
/// <param name="Rows">In the order in which they were measured.</param>
internal sealed record SignalState(double[] BaseColour, IReadOnlyList<SignalRow> Rows)
{
    private const string Name = "signals.json";
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>What the folder holds; nothing in a new one.</summary>
    /// <exception cref="EngineException">The file is damaged.</exception>
    public static SignalState Of(string folder)
    {
        string file = Path.Combine(folder, Name);
        try
        {
            return !File.Exists(file) ? new SignalState([], [])
                : JsonSerializer.Deserialize<SignalState>(File.ReadAllBytes(file), Format) ?? throw new JsonException("it is empty");
        }
        catch (JsonException error)
        {
            throw new EngineException($"{file} cannot be read ({error.Message}); choose a new folder", error);
        }
    }

    public void Save(string folder) => AtomicFile.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(this, Format));
}
