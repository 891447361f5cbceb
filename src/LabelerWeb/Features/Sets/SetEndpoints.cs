using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Sets;

/// <summary>What the buttons of a project's data page do.</summary>
public static class SetEndpoints
{
    // Around an uploaded file.
    private const long FormBytes = 64 * 1024;

    public static IEndpointRouteBuilder MapSets(this IEndpointRouteBuilder routes)
    {
        var lead = routes.MapPosts("/sets/{id:long}", Role.Lead);
        lead.MapPost("/export", async (long id, [FromForm] string? format, HttpContext context, SetExport export, LabelerDb db) =>
        {
            await export.Queue(id, format ?? "");
            return await Back(context, db, id, "The file is being made.");
        });
        lead.MapPost("/exports/{job:long}/delete", async (long id, long job, HttpContext context, SetExport export, LabelerDb db) =>
        {
            await export.Delete(id, job);
            return await Back(context, db, id, "The file is deleted.");
        });
        lead.MapPost("/exports/{job:long}/stop", (long id, long job, HttpContext context, LabelerDb db, TimeProvider time) =>
            Change(id, job, JobKind.Export, context, db, found => found.Cancel(time.GetUtcNow()), "It stops."));
        lead.MapPost("/exports/{job:long}/retry", (long id, long job, HttpContext context, LabelerDb db) =>
            Change(id, job, JobKind.Export, context, db, found => found.Retry(), "The file is being made."));
        var size = new RequestSizeLimitAttribute(routes.ServiceProvider.GetRequiredService<ImportLimits>().MaxZipBytes + FormBytes);
        var admin = routes.MapPosts("/sets/{id:long}", Role.Admin);
        admin.MapPost("/import", Import).WithMetadata(size);
        admin.MapPost("/imports/{job:long}/stop", (long id, long job, HttpContext context, LabelerDb db, TimeProvider time) =>
            Change(id, job, JobKind.ImportPairs, context, db, found => found.Cancel(time.GetUtcNow()), "It stops; what came in stays."));
        admin.MapPost("/imports/{job:long}/retry", (long id, long job, HttpContext context, LabelerDb db) =>
            Change(id, job, JobKind.ImportPairs, context, db, found => found.Retry(), "It goes on where it stopped."));
        routes.MapSetFiles();
        return routes;
    }

    private static async Task<IResult> Import(long id, IFormFile? file, [FromForm] string? place, HttpContext context, SetUpload upload,
        SetImport import, LabelerDb db)
    {
        await import.Queue(id, await upload.Take(file, place, context.RequestAborted));
        return await Back(context, db, id, "The set is being taken in.");
    }

    private static async Task<IResult> Change(long id, long jobId, JobKind kind, HttpContext context, LabelerDb db, Action<Job> verb,
        string done)
    {
        var job = await db.Jobs.FirstOrDefaultAsync(j => j.Id == jobId && j.ProjectId == id && j.Kind == kind)
            ?? throw new LabelerException("There is no such job; load the page again.");
        verb(job);
        await db.SaveChangesAsync();
        return await Back(context, db, id, done);
    }

    private static async Task<IResult> Back(HttpContext context, LabelerDb db, long id, string done) =>
        context.Done(done, $"/p/{await db.Projects.Where(p => p.Id == id).Select(p => p.Slug).FirstAsync()}/data");
}
