using Labeler.Shared.Photos;
using Labeler.Shared.Photos.Captions;
using Labeler.Web.Features.Projects;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Labeler.Web.Features.Photos;

/// <summary>What the buttons of the photos' pages do.</summary>
public static class PhotoEndpoints
{
    public static IEndpointRouteBuilder MapPhotos(this IEndpointRouteBuilder routes)
    {
        var size = new RequestSizeLimitAttribute(routes.ServiceProvider.GetRequiredService<ImportLimits>().MaxZipBytes
            + PhotosSetup.FormBytes);
        var admin = routes.MapPosts("/photos", Role.Admin);
        admin.MapPost("/projects/new", Make).WithMetadata(size);
        admin.MapPost("/{id:long}/import", Import).WithMetadata(size);
        admin.MapPost("/{id:long}/tune", Tune);
        admin.MapPost("/{id:long}/jobs/{job:long}/cancel", (long id, long job, HttpContext context, LabelerDb db, TimeProvider time) =>
            Change(id, job, context, db, j => j.Cancel(time.GetUtcNow()), Texts.Say($"It stops; what is done stays.")));
        admin.MapPost("/{id:long}/jobs/{job:long}/retry", (long id, long job, HttpContext context, LabelerDb db) =>
            Change(id, job, context, db, j => j.Retry(), Texts.Say($"It goes on where it stopped.")));
        var lead = routes.MapPosts("/photos/{id:long}", Role.Lead);
        lead.MapPost("/captions", Describe);
        lead.MapPost("/photos/{photo:long}/caption", Write);
        routes.MapPhotoFiles();
        return routes;
    }

    private static async Task<IResult> Make([FromForm] string? name, [FromForm] string? task, IFormFile? zip, [FromForm] string? folder,
        [FromForm] int? codePage, HttpContext context, PhotoUpload upload, PhotoImport import, ProjectEditing editing,
        TimeProvider time)
    {
        var scored = task == nameof(LabelingTask.Score);
        var settings = new ProjectSettings { Choices = scored ? Scale.Rubric : Scale.Labels, GroupSize = 1 };
        var project = Project.Create(name ?? "", scored ? LabelingTask.Score : LabelingTask.Categorise, settings, time.GetUtcNow(),
            PictureSource.Imported);
        var place = await upload.Take(zip, folder, codePage, context.RequestAborted);
        await editing.Add(project);
        await import.Queue(project.Id, place);
        return Back(context, project.Slug, Texts.Say($"The project {project.Name} is made, and its photos are being imported."));
    }

    private static async Task<IResult> Import(long id, IFormFile? zip, [FromForm] string? folder, [FromForm] int? codePage,
        HttpContext context, PhotoUpload upload, PhotoImport import, LabelerDb db)
    {
        var slug = await SlugOf(db, id);
        await import.Queue(id, await upload.Take(zip, folder, codePage, context.RequestAborted));
        return Back(context, slug, Texts.Say($"The photos are being imported."));
    }

    private static async Task<IResult> Describe(long id, HttpContext context, CaptionRun captions, LabelerDb db)
    {
        await captions.Queue(id, Kept(context));
        return Back(context, await SlugOf(db, id), Texts.Say($"The captioner is at work."));
    }

    private static async Task<IResult> Tune(long id, HttpContext context, FineTuning tuning, LabelerDb db)
    {
        var options = new FineTuneOptions();
        foreach (var field in Curation.TuneFields)
        {
            field.Set(options, context.Request.Form[field.Name].ToString());
        }
        await tuning.Queue(id, Kept(context), options);
        return Back(context, await SlugOf(db, id), Texts.Say($"The fine-tuning is queued."));
    }

    private static async Task<IResult> Write(long id, long photo, [FromForm] string? caption, [FromForm] string? keep, HttpContext context,
        LabelerDb db, CaptionOptions options, TimeProvider time)
    {
        var described = await db.Photos.FirstOrDefaultAsync(p => p.Id == photo && p.ProjectId == id)
            ?? throw new LabelerException("There is no such photo; load the page again.");
        described.Describe(caption ?? "", context.User.Identity!.Name!, options.Rules, time.GetUtcNow());
        await db.SaveChangesAsync();
        // The posted query is read and written anew: whatever else is in it does not reach the address.
        var kept = QueryHelpers.ParseQuery(keep).TryGetValue("keep", out var labels) ? [.. labels.OfType<string>()] : Array.Empty<string>();
        return LocalAddress.Redirect($"/p/{await SlugOf(db, id)}/photos/captions?after={photo}&{Curation.QueryOf(kept)}");
    }

    private static async Task<IResult> Change(long id, long jobId, HttpContext context, LabelerDb db, Action<Job> verb, string done)
    {
        var job = await db.Jobs.FirstOrDefaultAsync(j => j.Id == jobId && j.ProjectId == id && j.Kind >= JobKind.Import)
            ?? throw new LabelerException("There is no such job; load the page again.");
        verb(job);
        await db.SaveChangesAsync();
        return Back(context, await SlugOf(db, id), done);
    }

    // The form was read when its token was checked.
    private static string[] Kept(HttpContext context) => [.. context.Request.Form["keep"].OfType<string>()];

    private static async Task<string> SlugOf(LabelerDb db, long id) =>
        await db.Projects.Where(p => p.Id == id && p.DeletedAt == null && p.Source == PictureSource.Imported).Select(p => p.Slug)
            .FirstOrDefaultAsync() ?? throw new LabelerException("There is no such photo project; load the page again.");

    private static IResult Back(HttpContext context, string slug, string done) => context.Done(done, $"/p/{slug}/photos");
}
