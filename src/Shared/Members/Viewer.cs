using Labeler.Shared.Projects;

namespace Labeler.Shared.Members;

/// <summary>Somebody who asks for something, and the one rule of what they may do with which project.</summary>
/// <param name="Everywhere">What the account may do in the installation, and so in each project that is open to everybody.</param>
/// <param name="Only">Nothing but these projects, as an access token says; null for all.</param>
public sealed record Viewer(Guid Account, ProjectRole Everywhere, IReadOnlyList<long>? Only = null)
{
    private bool IsAdmin => Everywhere == ProjectRole.Admin;

    /// <summary>The projects in which they may do at least this.</summary>
    public IQueryable<Project> Projects(LabelerDb db, ProjectRole least = ProjectRole.Annotator)
    {
        var (account, only) = (Account, Only ?? []);
        var projects = Only is null ? db.Projects : db.Projects.Where(p => only.Contains(p.Id));
        if (IsAdmin)
        {
            return projects;
        }
        var everywhere = Everywhere >= least;
        return projects.Where(p => everywhere && p.IsOpenToAll
            || db.Members.Any(m => m.ProjectId == p.Id && m.AccountId == account && m.Role >= least));
    }

    /// <summary>What they may do in each of these projects that they may know of.</summary>
    public async Task<IReadOnlyDictionary<long, ProjectRole>> Roles(
        LabelerDb db, IQueryable<Project> projects, CancellationToken cancel = default)
    {
        var account = Account;
        var found = await projects.Select(p => new
        {
            p.Id,
            p.IsOpenToAll,
            Role = db.Members.Where(m => m.ProjectId == p.Id && m.AccountId == account).Select(m => (ProjectRole?)m.Role).FirstOrDefault(),
        }).ToListAsync(cancel);
        return found.Select(p => (p.Id, Role: In(p.Id, p.IsOpenToAll, p.Role ?? ProjectRole.None)))
            .Where(p => p.Role != ProjectRole.None).ToDictionary(p => p.Id, p => p.Role);
    }

    private ProjectRole In(long project, bool isOpen, ProjectRole member)
    {
        if (Only?.Contains(project) == false)
        {
            return ProjectRole.None;
        }
        return IsAdmin ? ProjectRole.Admin : isOpen && Everywhere > member ? Everywhere : member;
    }
}
