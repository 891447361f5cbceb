namespace Labeler.Shared.Members.Teams;

/// <summary>Somebody who is in a team.</summary>
public sealed class TeamPerson
{
    private TeamPerson() { }

    internal TeamPerson(long team, Guid account, Guid? by, DateTimeOffset now) =>
        (TeamId, AccountId, AddedBy, AddedAt) = (team, account, by, now);

    public long TeamId { get; private set; }
    public Guid AccountId { get; private set; }
    public DateTimeOffset AddedAt { get; private set; }
    public Guid? AddedBy { get; private set; }
}
