using Labeler.Shared.Exports;

namespace Labeler.Web.Features.Epochs;

/// <summary>Downloads: weights of checkpoints, votes and pairs of epochs.</summary>
internal static class EpochFiles
{
    public static void MapEpochFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/epochs").RequireAuthorization(Role.Admin);
        files.MapGet("/checkpoints/{id:long}/weights", Weights);
        files.MapGet("/checkpoints/{id:long}/kohya", Kohya);
        files.MapGet("/{id:long}/votes.csv",
            (long id, LabelerDb db) => Downloads.Csv($"votes-{id}.csv", writer => VoteExport.WriteCsv(db, id, writer)));
        files.MapGet("/{id:long}/votes.jsonl", (long id, LabelerDb db) =>
            Downloads.JsonLines($"votes-{id}.jsonl", writer => VoteExport.WriteJsonLines(db, id, writer)));
        files.MapGet("/{id:long}/pairs.csv",
            (long id, LabelerDb db, FileStore store) => Pairs(id, db, store,
                manifest => Downloads.Csv($"pairs-{id}.csv", writer => PairExport.WriteCsv(manifest, writer))));
        files.MapGet("/{id:long}/pairs.jsonl",
            (long id, LabelerDb db, FileStore store) => Pairs(id, db, store,
                manifest => Downloads.JsonLines($"pairs-{id}.jsonl", writer => PairExport.WriteJsonLines(manifest, writer))));
        files.MapGet("/{id:long}/manifest.json", async (long id, LabelerDb db, FileStore store) =>
            await ManifestOf(db, id) is { } hash ? Results.File(await store.OpenRead(hash), "application/json", $"manifest-{id}.json")
                : Results.NotFound());
        files.MapGet("/{id:long}/d3po.zip", D3po);
    }

    private static async Task<IResult> Weights(long id, LabelerDb db, FileStore store)
    {
        if (await Find(db, id) is not { } checkpoint)
        {
            return Results.NotFound();
        }
        if (checkpoint.WeightsFreedAt is not null)
        {
            return Removed();
        }
        return Results.File(
            await store.OpenRead(checkpoint.WeightsHash), "application/octet-stream", ModelCard.WeightsName(checkpoint.Kind));
    }

    private static async Task<IResult> Kohya(long id, LabelerDb db, FileStore store)
    {
        if (await Find(db, id) is not { Kind: AdapterKind.Lora } checkpoint)
        {
            return Results.NotFound();
        }
        if (checkpoint.WeightsFreedAt is not null)
        {
            return Removed();
        }
        var content = KohyaAdapter.From(await store.Read(checkpoint.WeightsHash));
        return Results.File(content, "application/octet-stream", $"checkpoint-{id}.kohya.safetensors");
    }

    internal static IResult Removed() =>
        Results.Problem("Its weights were removed by the rules of retention.", statusCode: StatusCodes.Status410Gone);

    private static async Task<IResult> D3po(long id, LabelerDb db, FileStore store)
    {
        if (!await db.Epochs.AnyAsync(epoch => epoch.Id == id))
        {
            return Results.NotFound();
        }
        try
        {
            return await Downloads.Zip($"d3po-{id}.zip", zip => D3poLabels.Write(db, store, id, zip));
        }
        catch (LabelerException error)
        {
            return Results.Problem(error.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> Pairs(long id, LabelerDb db, FileStore store, Func<Manifest, IResult> download) =>
        await ManifestOf(db, id) is { } hash ? download(Manifest.Read(await store.Read(hash))) : Results.NotFound();

    private static Task<string?> ManifestOf(LabelerDb db, long epochId) =>
        db.Epochs.Where(epoch => epoch.Id == epochId).Select(epoch => epoch.ManifestHash).FirstOrDefaultAsync();

    private static Task<Checkpoint?> Find(LabelerDb db, long id) =>
        db.Checkpoints.AsNoTracking().FirstOrDefaultAsync(checkpoint => checkpoint.Id == id);
}
