using System.Text.Json;

namespace Labeler.TrainingEngine.Experiments.Rlhf;

/// <summary>What was measured so far. It is written last, when all else of a round is on the disk, so a stopped run goes on after
/// it.</summary>
/// <param name="BaseColour">Mean colour of the base model's evaluation images.</param>
/// <param name="Rows">In the order in which they were measured.</param>
internal sealed record RlhfState(double[] BaseColour, IReadOnlyList<RlhfRow> Rows)
{
    private const string Name = "rlhf.json";
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>What the folder holds; nothing in a new one.</summary>
    /// <exception cref="EngineException">The file is damaged.</exception>
    public static RlhfState Of(string folder)
    {
        var file = Path.Combine(folder, Name);
        try
        {
            return !File.Exists(file) ? new RlhfState([], [])
                : JsonSerializer.Deserialize<RlhfState>(File.ReadAllBytes(file), Format) ?? throw new JsonException("it is empty");
        }
        catch (JsonException error)
        {
            throw new EngineException($"{file} cannot be read ({error.Message}); choose a new folder", error);
        }
    }

    public void Save(string folder) => AtomicFile.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(this, Format));
}
