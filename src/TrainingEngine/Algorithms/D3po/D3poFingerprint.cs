using System.Text.Json;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>A hash of everything that a run's result follows from, so that a run resumes only its own checkpoints. Not the number of workers and threads: a resumed run keeps those that its checkpoint knows, whatever the machine has now.</summary>
internal static class D3poFingerprint
{
    public static string Of(D3poRun run) => ContentHash.Of(JsonSerializer.SerializeToUtf8Bytes(new
    {
        run.Options,
        run.Preferences,
        run.Replayed,
        Trajectories = run.Trajectories.Select(path => new { Name = Path.GetFileName(path), Length = File.Exists(path) ? new FileInfo(path).Length : 0 }),
        Trained = (object)(run.Trained with { From = run.Trained.From is { } file ? ContentHash.OfFile(file) : null }),
        Kind = run.Trained.GetType().Name,
        run.Place.Manifest,
        run.Place.Parent,
        run.Place.MicroBatch,
        run.Place.Recompute,
    }));
}
