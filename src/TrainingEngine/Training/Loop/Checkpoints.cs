using System.Text.Json;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// The checkpoints of one run: folders named by their position, each complete or absent. Only the newest is kept, and the
/// older one goes only when the newer is on the disk.
/// </summary>
/// <param name="folder">Parent folder of the checkpoints.</param>
public sealed class Checkpoints(string folder)
{
    private const string StateFile = "state.json";
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The newest checkpoint's folder; null before the first.</summary>
    public string? Newest() => AtomicFolder.Complete(folder).LastOrDefault(IsCheckpoint);

    /// <summary>Writes a checkpoint: the state as JSON beside what <paramref name="fill"/> writes. Returns its folder.</summary>
    /// <param name="position">Steps done; the name of the folder.</param>
    /// <exception cref="EngineException">It could not be written; the one before stays.</exception>
    public string Save<T>(int position, T state, Action<string> fill)
    {
        var path = Path.Combine(folder, $"step-{position:D8}");
        AtomicFolder.Write(path, temporary =>
        {
            fill(temporary);
            File.WriteAllBytes(Path.Combine(temporary, StateFile), JsonSerializer.SerializeToUtf8Bytes(state, Format));
        });
        foreach (var older in AtomicFolder.Complete(folder).Where(IsCheckpoint).Where(other => other != path))
        {
            Directory.Delete(older, recursive: true);
        }
        return path;
    }

    /// <exception cref="EngineException">The state is missing or cannot be read.</exception>
    public static T ReadState<T>(string checkpoint)
    {
        var path = Path.Combine(checkpoint, StateFile);
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Format) ?? throw new JsonException("it is empty");
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new EngineException($"the checkpoint {checkpoint} cannot be read ({error.Message}); delete it to start over", error);
        }
    }

    private static bool IsCheckpoint(string path) => Path.GetFileName(path).StartsWith("step-", StringComparison.Ordinal);
}
