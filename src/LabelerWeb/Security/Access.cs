
namespace Labeler.Web.Security;

/// <summary>What somebody may do where: asked by every page, button, address of a picture, and page that stays open.</summary>
public sealed class Access(IDbContextFactory<LabelerDb> contexts, PictureAccess pictures)
{
    /// <summary>In the project that a request is about, or outside of projects where it is about none.</summary>
    internal async Task<ProjectRole> In(HttpContext context, Viewer viewer)
    {
        if (ProjectOfRequest.Of(context) is not { } about)
        {
            return viewer.Everywhere;
        }
        if (ProjectOfRequest.IsPicture(context))
        {
            return await pictures.MaySee(ProjectOfRequest.Picture(context), viewer, context.RequestAborted)
                ? viewer.Everywhere : ProjectRole.None;
        }
        if (viewer is { Everywhere: ProjectRole.Admin, Only: null })
        {
            return viewer.Everywhere;
        }
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        if (ProjectOfRequest.Number(context) is { } project)
        {
            return await viewer.Role(db, project, cancel: context.RequestAborted);
        }
        return await In(db, about(db)!, viewer, context.RequestAborted);
    }

    /// <summary>In the one project of the query; none where there is no such one. Admins are told of that by the page itself.</summary>
    internal static async Task<ProjectRole> In(LabelerDb db, IQueryable<Project> project, Viewer viewer, CancellationToken cancel)
    {
        if (viewer is { Everywhere: ProjectRole.Admin, Only: null })
        {
            return viewer.Everywhere;
        }
        var roles = await viewer.Roles(db, project.Where(p => p.DeletedAt == null), cancel);
        return roles.Count == 1 ? roles.Values.First() : ProjectRole.None;
    }
}
