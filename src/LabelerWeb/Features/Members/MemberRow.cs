namespace Labeler.Web.Features.Members;

/// <summary>A member as the table of a project's members shows it.</summary>
public sealed class MemberRow
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";
    public ProjectRole Role { get; init; }
    public DateTimeOffset Since { get; init; }
    public string? AddedBy { get; init; }

    /// <summary>Judgements of theirs in the project that were not taken back.</summary>
    public int Votes { get; init; }

    public static IQueryable<MemberRow> Of(LabelerDb db, long project) =>
        from member in db.Members.AsNoTracking().Where(member => member.ProjectId == project)
        join account in db.Users on member.AccountId equals account.Id
        join adder in db.Users on member.AddedBy equals (Guid?)adder.Id into adders
        from adder in adders.DefaultIfEmpty()
        select new MemberRow
        {
            Id = account.Id,
            Name = account.DisplayName,
            Role = member.Role,
            Since = member.AddedAt,
            AddedBy = adder == null ? null : adder.DisplayName,
            Votes = db.Votes.Count(v => v.ProjectId == project && v.AnnotatorId == account.Id
                && v.Kind != VoteKind.Undo && v.SupersededById == null),
        };
}
