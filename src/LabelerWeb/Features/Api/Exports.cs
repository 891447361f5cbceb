using Labeler.Shared.Exports;

namespace Labeler.Web.Features.Api;

public static class Exports
{
    public static async Task<IResult> Votes(long epoch, LabelerDb db) => await db.Epochs.AnyAsync(e => e.Id == epoch)
        ? Downloads.JsonLines($"votes-{epoch}.jsonl", writer => VoteExport.WriteJsonLines(db, epoch, writer)) : Results.NotFound();

    public static async Task<IResult> Weights(long checkpoint, LabelerDb db, FileStore files) =>
        await db.Checkpoints.Where(c => c.Id == checkpoint && c.WeightsFreedAt == null).Select(c => c.WeightsHash)
            .FirstOrDefaultAsync() is { } hash
            ? Results.File(await files.OpenRead(hash), "application/octet-stream", $"checkpoint-{checkpoint}.safetensors",
                enableRangeProcessing: true)
            : Results.NotFound();
}
