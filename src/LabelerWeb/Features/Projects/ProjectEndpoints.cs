using Labeler.Web.Components.Markdown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Projects;

public static class ProjectEndpoints
{
    public static IServiceCollection AddProjects(this IServiceCollection services) =>
        services.AddSingleton(new RenderedMarkdown(MarkdownText.ToHtml)).AddSingleton<ProjectEditing>().AddSingleton<ExampleUpload>()
            .AddSingleton<DemoProjects>();

    public static IEndpointRouteBuilder MapProjects(this IEndpointRouteBuilder routes)
    {
        var projects = routes.MapPosts("/projects/{id:long}", Role.Admin);
        projects.MapPost("/delete", (long id, HttpContext context, LabelerDb db, TimeProvider time) =>
            Change(id, context, db, project => project.Delete(time.GetUtcNow()),
                project => Texts.Say($"{project.Name} is deleted. It can be restored below.")));
        projects.MapPost("/restore", (long id, HttpContext context, LabelerDb db) =>
            Change(id, context, db, project => project.Restore(), project => Texts.Say($"{project.Name} is back.")));
        projects.MapPost("/start", async (long id, HttpContext context, EpochCycle cycle) =>
        {
            var epoch = await cycle.Start(id, null);
            return context.Done(Texts.Say($"Epoch {epoch.Number} is queued for sampling."), "/projects");
        });
        routes.MapPosts("/projects", Role.Admin).MapPost("/check", Check)
            .WithMetadata(new AuditTrail.Untold(), new RequestSizeLimitAttribute(PromptFile.LargestFile + 4 * 1024 * 1024));
        projects.MapPost("/examples",
            async (long id, IFormFile? picture, [FromForm] string? caption, HttpContext context, ExampleUpload examples, LabelerDb db) =>
        {
            if (picture is null || string.IsNullOrWhiteSpace(caption))
            {
                throw new LabelerException("Choose a picture and write a caption.");
            }
            await examples.Add(id, picture, caption, context.RequestAborted);
            return context.Done(Texts.Say($"The picture stands at the end of the guidelines."),
                $"/p/{await db.Projects.Where(p => p.Id == id).Select(p => p.Slug).SingleAsync()}/settings");
        }).WithMetadata(new RequestSizeLimitAttribute(ExampleUpload.LargestFile + 64 * 1024));
        return routes;
    }

    // What somebody types, before it is saved.
    private static async Task<IResult> Check(HttpContext context, LabelerDb db)
    {
        var form = ProjectForm.Read(await context.Request.ReadFormAsync(context.RequestAborted), new());
        return new RazorComponentResult<ProjectCheck>(new
        {
            Form = form,
            Estimate = await EpochEstimate.Read(db, form.Settings, form.Task, context.RequestAborted),
        });
    }

    private static async Task<IResult> Change(long id, HttpContext context, LabelerDb db, Action<Project> verb, Func<Project, string> done)
    {
        var project = await db.Projects.FirstOrDefaultAsync(p => p.Id == id)
            ?? throw new LabelerException("There is no such project; load the page again.");
        verb(project);
        await db.SaveChangesAsync();
        return context.Done(done(project), "/projects");
    }
}
