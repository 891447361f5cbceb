using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Api;

public static class Projects
{
    /// <param name="Slug">Its name in addresses.</param>
    /// <param name="Role">What the account may do there.</param>
    /// <param name="Flags">What can be flagged, added up: 1 deformed, 2 unsafe.</param>
    /// <param name="Choices">Names of the categories or scores.</param>
    public sealed record Answer(
        long Id, string Slug, string Name, LabelingTask Task, PictureSource Source, ProjectRole Role, bool OpenToAll,
        DateTimeOffset CreatedAt, FlagKinds Flags, IReadOnlyList<string> Choices);

    /// <param name="Use">Whether it is trained on, or held out to measure.</param>
    public sealed record Prompt(long Id, string Text, PromptUse Use);

    public static async Task<Ok<Page<Answer>>> List(
        ClaimsPrincipal user, LabelerDb db, CancellationToken cancel, long? after = null, int? limit = null)
    {
        var (viewer, asked) = (user.Viewer(), new PageAsked(after, limit));
        var page = await asked.Of(
            viewer.Projects(db).AsNoTracking().Where(p => p.DeletedAt == null && p.Id > asked.From).OrderBy(p => p.Id), p => p.Id, cancel);
        var ids = page.Items.Select(p => p.Id).ToList();
        var roles = await viewer.Roles(db, db.Projects.Where(p => ids.Contains(p.Id)), cancel);
        var shown = page.Items.Where(p => roles.ContainsKey(p.Id)).Select(p => Of(p, roles[p.Id]));
        return TypedResults.Ok(new Page<Answer>([.. shown], page.Next));
    }

    public static async Task<Results<Ok<Answer>, NotFound>> One(long project, ClaimsPrincipal user, LabelerDb db, CancellationToken cancel)
    {
        var found = await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == project && p.DeletedAt == null, cancel);
        var roles = await user.Viewer().Roles(db, db.Projects.Where(p => p.Id == project), cancel);
        return found is null ? TypedResults.NotFound() : TypedResults.Ok(Of(found, roles[project]));
    }

    public static async Task<Ok<Page<Prompt>>> Prompts(
        long project, LabelerDb db, CancellationToken cancel, long? after = null, int? limit = null)
    {
        var asked = new PageAsked(after, limit);
        return TypedResults.Ok(await asked.Of(db.Prompts.Where(p => p.ProjectId == project && p.Id > asked.From).OrderBy(p => p.Id)
            .Select(p => new Prompt(p.Id, p.Text, p.Use)), p => p.Id, cancel));
    }

    private static Answer Of(Project project, ProjectRole role) => new(
        project.Id, project.Slug, project.Name, project.Task, project.Source, role, project.IsOpenToAll, project.CreatedAt,
        project.Settings.Flags, [.. project.Settings.Choices.Select(choice => choice.Name)]);
}
