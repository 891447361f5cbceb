namespace Labeler.Web.Features.Members;

/// <summary>A member as the table of a project's members shows it.</summary>
public sealed class MemberRow
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";

    /// <summary>The highest of their own and their teams'.</summary>
    public ProjectRole Role { get; init; }

    /// <summary>Are they a member by themselves?</summary>
    public bool IsOwn { get; init; }

    /// <summary>How many teams they are a member by.</summary>
    public int Teams { get; init; }

    /// <summary>When they were made a member by themselves.</summary>
    public DateTimeOffset? Since { get; init; }
    public string? AddedBy { get; init; }

    /// <summary>Judgements of theirs in the project that were not taken back.</summary>
    public int Votes { get; init; }

    public static IQueryable<MemberRow> Of(LabelerDb db, long project) =>
        from held in ProjectGrant.All(db, project).GroupBy(grant => grant.AccountId)
            .Select(of => new { Id = of.Key, Role = of.Max(grant => grant.Role) })
        join account in db.Users.AsNoTracking() on held.Id equals account.Id
        join member in db.Members.Where(member => member.ProjectId == project) on account.Id equals member.AccountId into own
        from member in own.DefaultIfEmpty()
        join adder in db.Users on member.AddedBy equals (Guid?)adder.Id into adders
        from adder in adders.DefaultIfEmpty()
        select new MemberRow
        {
            Id = account.Id,
            Name = account.DisplayName,
            Role = held.Role,
            IsOwn = member != null,
            Teams = db.TeamMembers.Count(team => team.ProjectId == project
                && db.TeamPeople.Any(person => person.TeamId == team.TeamId && person.AccountId == account.Id)),
            Since = member == null ? null : member.AddedAt,
            AddedBy = adder == null ? null : adder.DisplayName,
            Votes = db.Votes.Count(v => v.ProjectId == project && v.AnnotatorId == account.Id
                && v.Kind == VoteKind.Judgement && v.SupersededById == null),
        };
}
