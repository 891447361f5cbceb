namespace Labeler.Shared.Members.Teams;

/// <summary>A role that somebody has in a project by a membership, their own or a team's. A person may have several.</summary>
public sealed class ProjectGrant
{
    public Guid AccountId { get; init; }
    public ProjectRole Role { get; init; }

    public static IQueryable<ProjectGrant> All(LabelerDb db, long project) =>
        db.Members.Where(m => m.ProjectId == project).Select(m => new ProjectGrant { AccountId = m.AccountId, Role = m.Role })
            .Concat(from team in db.TeamMembers.Where(t => t.ProjectId == project)
                    join person in db.TeamPeople on team.TeamId equals person.TeamId
                    select new ProjectGrant { AccountId = person.AccountId, Role = team.Role });
}
