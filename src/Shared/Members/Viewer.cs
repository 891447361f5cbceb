using Labeler.Shared.Projects;

namespace Labeler.Shared.Members;

/// <summary>Somebody who asks for something, and the one rule of what they may do with which project.</summary>
/// <param name="Everywhere">What the account may do in the installation, and so in each project that is open to everybody.</param>
/// <param name="Only">Nothing but these projects, as an access token says; null for all.</param>
public sealed record Viewer(Guid Account, ProjectRole Everywhere, IReadOnlyList<long>? Only = null)
{
    private static readonly KnownQuery<Func<LabelerDb, long, Guid, CancellationToken, Task<Standing?>>> StandingIn =
        new(() => EF.CompileAsyncQuery((LabelerDb db, long project, Guid account, CancellationToken cancel) =>
            db.Projects.Where(p => p.Id == project).Select(p => new Standing(p.IsOpenToAll, p.DeletedAt != null,
                db.Members.Where(m => m.ProjectId == p.Id && m.AccountId == account).Select(m => (ProjectRole?)m.Role).FirstOrDefault(),
                db.TeamMembers.Where(t => t.ProjectId == p.Id
                        && db.TeamPeople.Any(person => person.TeamId == t.TeamId && person.AccountId == account))
                    .OrderByDescending(t => t.Role).Select(t => (ProjectRole?)t.Role).FirstOrDefault())).FirstOrDefault()));

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
            || db.Members.Any(m => m.ProjectId == p.Id && m.AccountId == account && m.Role >= least)
            || db.TeamMembers.Any(t => t.ProjectId == p.Id && t.Role >= least
                && db.TeamPeople.Any(person => person.TeamId == t.TeamId && person.AccountId == account)));
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
            Own = db.Members.Where(m => m.ProjectId == p.Id && m.AccountId == account).Select(m => (ProjectRole?)m.Role).FirstOrDefault(),
            ByTeam = db.TeamMembers.Where(t => t.ProjectId == p.Id
                    && db.TeamPeople.Any(person => person.TeamId == t.TeamId && person.AccountId == account))
                .OrderByDescending(t => t.Role).Select(t => (ProjectRole?)t.Role).FirstOrDefault(),
        }).ToListAsync(cancel);
        return found.Select(p => (p.Id, Role: In(p.Id, p.IsOpenToAll, Higher(p.Own, p.ByTeam))))
            .Where(p => p.Role != ProjectRole.None).ToDictionary(p => p.Id, p => p.Role);
    }

    /// <summary>The same of one project, as every request about it asks.</summary>
    /// <param name="orDeleted">Also of one that was deleted.</param>
    public async Task<ProjectRole> Role(LabelerDb db, long project, bool orDeleted = false, CancellationToken cancel = default) =>
        await StandingIn.On(db)(db, project, Account, cancel) is { } found && (orDeleted || !found.IsDeleted)
            ? In(project, found.IsOpenToAll, Higher(found.Own, found.ByTeam)) : ProjectRole.None;

    /// <summary>Do they hold that role in any project by a membership, their own or a team's?</summary>
    public async Task<bool> IsAnywhere(LabelerDb db, ProjectRole least, CancellationToken cancel = default)
    {
        var account = Account;
        return await db.Members.AnyAsync(m => m.AccountId == account && m.Role >= least, cancel)
            || await db.TeamMembers.AnyAsync(
                t => t.Role >= least && db.TeamPeople.Any(p => p.TeamId == t.TeamId && p.AccountId == account), cancel);
    }

    private static ProjectRole Higher(ProjectRole? one, ProjectRole? other) =>
        (ProjectRole)Math.Max((int)(one ?? ProjectRole.None), (int)(other ?? ProjectRole.None));

    private ProjectRole In(long project, bool isOpen, ProjectRole member)
    {
        if (Only?.Contains(project) == false)
        {
            return ProjectRole.None;
        }
        return IsAdmin ? ProjectRole.Admin : isOpen && Everywhere > member ? Everywhere : member;
    }

    private sealed record Standing(bool IsOpenToAll, bool IsDeleted, ProjectRole? Own, ProjectRole? ByTeam);
}
