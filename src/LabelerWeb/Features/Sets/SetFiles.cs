using Labeler.Shared.Photos;
using Microsoft.Net.Http.Headers;

namespace Labeler.Web.Features.Sets;

/// <summary>Downloads of what exports made. A download that broke off goes on where it was: the file's hash is its entity tag.</summary>
internal static class SetFiles
{
    public static void MapSetFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/sets/{slug}").RequireAuthorization(Role.Lead);
        files.MapGet("/exports/{job:long}", Whole);
        files.MapGet("/exports/{job:long}/sha256", Sum);
        files.MapGet("/left-out-{job:long}.csv", async (string slug, long job, LabelerDb db) =>
            await db.ProjectAt(slug).AnyAsync(p => db.Jobs.Any(j => j.Id == job && j.Kind == JobKind.ImportPairs && j.ProjectId == p.Id))
                ? Downloads.Csv($"{slug}-left-out-{job}.csv", writer => ImportReport.WriteCsv(db, job, writer)) : Results.NotFound());
    }

    private static async Task<IResult> Whole(string slug, long job, HttpContext context, LabelerDb db, DataFolder folder)
    {
        if (await Find(db, slug, job) is not { } export || !File.Exists(export.PathIn(folder)))
        {
            return Results.NotFound();
        }
        var file = export.File!;
        context.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(file.Hash))}:";
        return Results.File(
            export.PathIn(folder), export.Format.MediaType, file.Name, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""),
            enableRangeProcessing: true);
    }

    // As sha256sum -c reads it.
    private static async Task<IResult> Sum(string slug, long job, LabelerDb db) => await Find(db, slug, job) is { File: { } file }
        ? Results.Text($"{file.Hash}  {file.Name}\n") : Results.NotFound();

    private static async Task<SetExportRow?> Find(LabelerDb db, string slug, long job)
    {
        var project = await db.ProjectAt(slug).Select(p => (long?)p.Id).FirstOrDefaultAsync();
        var found = await db.Jobs.AsNoTracking().FirstOrDefaultAsync(
            j => j.Id == job && j.Kind == JobKind.Export && j.State == JobState.Succeeded && j.ProjectId != null && j.ProjectId == project);
        return found is not null && SetExportRow.Of(found) is { File: not null } row ? row : null;
    }
}
