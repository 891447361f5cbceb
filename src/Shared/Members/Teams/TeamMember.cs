namespace Labeler.Shared.Members.Teams;

/// <summary>A team that belongs to a project: whoever is in it has at least that role there.</summary>
public sealed class TeamMember
{
    private TeamMember() { }

    internal TeamMember(long project, long team, ProjectRole role, Guid? by, DateTimeOffset now) =>
        (ProjectId, TeamId, Role, AddedBy, AddedAt) = (project, team, role, by, now);

    public long ProjectId { get; private set; }
    public long TeamId { get; private set; }
    public ProjectRole Role { get; internal set; }
    public DateTimeOffset AddedAt { get; private set; }
    public Guid? AddedBy { get; private set; }
}
