using Labeler.Shared.Exports;

namespace Labeler.Web.Features.Lineage;

/// <summary>Downloads of a checkpoint for its leads: its card, and its weights with the card.</summary>
public static class LineageFiles
{
    public static IEndpointRouteBuilder MapLineage(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/lineage/{id:long}").RequireAuthorization(Role.Lead);
        files.MapGet("/card.md", (long id, string? license, LabelerDb db, FileStore store, FinishedEpochs finished) => Told(db, id,
            async () => Results.Text(await ModelCard.Write(db, store, finished, id, license), "text/markdown")));
        files.MapGet("/weights.zip", (long id, string? license, LabelerDb db, FileStore store, FinishedEpochs finished) => Told(db, id,
            () => Downloads.Zip($"checkpoint-{id}.zip", zip => ModelCard.WriteZip(db, store, finished, id, license, zip))));
        return routes;
    }

    private static async Task<IResult> Told(LabelerDb db, long id, Func<Task<IResult>> file)
    {
        if (!await db.Checkpoints.AnyAsync(checkpoint => checkpoint.Id == id))
        {
            return Results.NotFound();
        }
        try
        {
            return await file();
        }
        catch (LabelerException error)
        {
            return Results.Problem(error.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
