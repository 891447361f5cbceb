using Labeler.Shared.Members.Teams;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Members;

/// <summary>Who belongs to a project, as a whole.</summary>
public static class Membership
{
    /// <summary>Closes a project to all but its members, or opens it to everybody. The caller saves.</summary>
    /// <param name="by">A lead who closes it stays one: they become a member where they were none.</param>
    public static async Task Open(
        LabelerDb db, Project project, bool toAll, Viewer by, DateTimeOffset now, CancellationToken cancel = default)
    {
        project.OpenToAll(toAll);
        // By a membership alone: nothing else gives a role once the project is closed.
        if (!toAll && by.Everywhere != ProjectRole.Admin && !await new Viewer(by.Account, ProjectRole.None)
            .Projects(db, ProjectRole.Lead).AnyAsync(p => p.Id == project.Id, cancel))
        {
            await Member.Put(db, project.Id, by.Account, ProjectRole.Lead, by.Account, now, cancel);
        }
    }

    /// <summary>
    /// What is made of checkpoints of closed projects is closed too: to people and teams that are a member of all of them, with the least
    /// of their roles. Whoever is in one by themselves and in another by a team is not: they would stay when they leave the team.
    /// </summary>
    internal static async Task Inherit(
        LabelerDb db, Project made, IReadOnlyCollection<long> checkpoints, DateTimeOffset now, CancellationToken cancel)
    {
        var closed = await db.Projects.Where(p => !p.IsOpenToAll && p.Id != made.Id)
            .Where(p => db.Checkpoints.Any(c => c.ProjectId == p.Id && checkpoints.Contains(c.Id))).Select(p => p.Id).ToListAsync(cancel);
        if (closed.Count == 0)
        {
            return;
        }
        made.OpenToAll(false);
        var members = await db.Members.AsNoTracking().Where(m => closed.Contains(m.ProjectId)).ToListAsync(cancel);
        db.Members.AddRange(members.GroupBy(m => m.AccountId).Where(of => of.Count() == closed.Count)
            .Select(of => new Member(made.Id, of.Key, of.Min(m => m.Role), null, now)));
        var teams = await db.TeamMembers.AsNoTracking().Where(m => closed.Contains(m.ProjectId)).ToListAsync(cancel);
        db.TeamMembers.AddRange(teams.GroupBy(m => m.TeamId).Where(of => of.Count() == closed.Count)
            .Select(of => new TeamMember(made.Id, of.Key, of.Min(m => m.Role), null, now)));
        await db.SaveChangesAsync(cancel);
    }
}
