using Labeler.Shared.Photos;

namespace Labeler.Web.Features.Photos;

/// <summary>Downloads: the curated set, and what imports left out.</summary>
internal static class PhotoFileEndpoints
{
    public static void MapPhotoFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/photos/{slug}").RequireAuthorization(Role.Lead);
        files.MapGet("/curated.zip", Zip);
        files.MapGet("/curated.csv", async (string slug, HttpContext context, LabelerDb db) =>
            await Kept(db, slug, context) is { } photos
                ? Downloads.Csv($"{slug}.csv", writer => CuratedExport.WriteCsv(photos, writer)) : Results.NotFound());
        files.MapGet("/left-out-{job:long}.csv", async (string slug, long job, LabelerDb db) =>
            await db.Jobs.AnyAsync(j => j.Id == job && j.Kind == JobKind.Import
                && db.Projects.Any(p => p.Id == j.ProjectId && p.Slug == slug))
                ? Downloads.Csv($"{slug}-left-out-{job}.csv", writer => ImportReport.WriteCsv(db, job, writer))
                    : Results.NotFound());
    }

    private static async Task<IResult> Zip(string slug, HttpContext context, LabelerDb db, FileStore store)
    {
        if (await Kept(db, slug, context) is not { } photos)
        {
            return Results.NotFound();
        }
        return await Downloads.Zip($"{slug}.zip", zip => CuratedExport.WriteZip(photos, store, zip));
    }

    private static async Task<List<CuratedPhoto>?> Kept(LabelerDb db, string slug, HttpContext context) =>
        await db.ProjectAt(slug).FirstOrDefaultAsync() is { } project
            ? await CuratedPhoto.Kept(db, project.Id,
                context.Request.Query["keep"] is { Count: > 0 } keep ? [.. keep.OfType<string>()] : Curation.KeptByDefault(project)) : null;
}
