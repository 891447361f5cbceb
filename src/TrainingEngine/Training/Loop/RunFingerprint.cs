using System.Text.Json;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>What tells a run from every other one that may lie in its folder.</summary>
internal static class RunFingerprint
{
    /// <summary>Hash of everything that the result follows from.</summary>
    public static string Of(TrainingRun run) => ContentHash.Of(JsonSerializer.SerializeToUtf8Bytes(new
    {
        run.Algorithm,
        Updates = (object)run.Updates,
        run.Data,
        Trained = (object)(run.Trained with { From = HashOf(run.Trained.From), OptimizerFrom = HashOf(run.Trained.OptimizerFrom) }),
        Kind = run.Trained.GetType().Name,
        run.Place.Manifest,
        run.Place.Parent,
        run.Place.MicroBatch,
        run.Place.Recompute,
    }));

    private static string? HashOf(string? file) => file is null ? null : ContentHash.OfFile(file);
}
