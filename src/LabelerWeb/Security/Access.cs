
namespace Labeler.Web.Security;

/// <summary>What somebody may do where: asked by every page, button, address of a picture, and page that stays open.</summary>
public sealed class Access(IDbContextFactory<LabelerDb> contexts)
{
    /// <summary>In the project that a request is about, or outside of projects where it is about none.</summary>
    internal async Task<ProjectRole> In(HttpContext context, Viewer viewer)
    {
        if (ProjectOfRequest.Of(context) is not { } about)
        {
            return viewer.Everywhere;
        }
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        if (about(db) is { } projects)
        {
            return await In(db, projects, viewer, context.RequestAborted);
        }
        return await MaySee(db, ProjectOfRequest.Picture(context), viewer, context.RequestAborted) ? viewer.Everywhere : ProjectRole.None;
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

    // A picture may be in several projects; one that is in none stands in somebody's guidelines.
    private static async Task<bool> MaySee(LabelerDb db, string hash, Viewer viewer, CancellationToken cancel)
    {
        if (viewer is { Everywhere: ProjectRole.Admin, Only: null })
        {
            return true;
        }
        var theirs = viewer.Projects(db).Select(p => p.Id);
        var groups = db.Groups.Where(g => db.Images.Any(i => i.ContentHash == hash && i.GroupId == g.Id));
        if (await groups.AnyAsync(g => theirs.Contains(g.ProjectId), cancel))
        {
            return true;
        }
        if (await groups.AnyAsync(cancel))
        {
            return false;
        }
        var others = await db.Projects.Where(p => !theirs.Contains(p.Id)).Select(p => p.Settings).ToListAsync(cancel);
        return !others.Exists(settings => settings.Guidelines.Contains(hash, StringComparison.Ordinal))
            || (await viewer.Projects(db).Select(p => p.Settings).ToListAsync(cancel))
                .Exists(settings => settings.Guidelines.Contains(hash, StringComparison.Ordinal));
    }
}
