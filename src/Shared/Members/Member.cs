using Labeler.Shared.Voting;

namespace Labeler.Shared.Members;

/// <summary>Somebody who belongs to a project, with a role there.</summary>
public sealed class Member
{
    private Member() { }

    public long ProjectId { get; private set; }
    public Guid AccountId { get; private set; }
    public ProjectRole Role { get; private set; }
    public DateTimeOffset AddedAt { get; private set; }
    public Guid? AddedBy { get; private set; }

    internal Member(long project, Guid account, ProjectRole role, Guid? by, DateTimeOffset now) =>
        (ProjectId, AccountId, Role, AddedBy, AddedAt) = (project, account, role, by, now);

    /// <summary>Makes somebody a member, or gives a member another role. The caller saves.</summary>
    /// <param name="by">Who does it; null for the program itself.</param>
    /// <exception cref="LabelerException">There is no such account or project, or a membership cannot give that role.</exception>
    public static async Task<Member> Put(
        LabelerDb db, long project, Guid account, ProjectRole role, Guid? by, DateTimeOffset now, CancellationToken cancel = default)
    {
        Require(role);
        if (await db.Members.FirstOrDefaultAsync(m => m.ProjectId == project && m.AccountId == account, cancel) is { } member)
        {
            member.Role = role;
            return member;
        }
        LabelerException.ThrowIf(!await db.Users.AnyAsync(a => a.Id == account, cancel), "There is no such account; load the page again.");
        await RequireProject(db, project, cancel);
        member = new(project, account, role, by, now);
        db.Members.Add(member);
        return member;
    }

    /// <summary>Ends a membership with what was assigned to it, and gives back what the person held of the project's items.</summary>
    /// <exception cref="LabelerException">They are no member.</exception>
    public static async Task Remove(LabelerDb db, long project, Guid account, DateTimeOffset now, CancellationToken cancel = default)
    {
        var member = await db.Members.FirstOrDefaultAsync(m => m.ProjectId == project && m.AccountId == account, cancel)
            ?? throw new LabelerException("They are no member; load the page again.");
        db.Members.Remove(member);
        await Assignment.Ask(db, project, account, null, cancel);
        db.AssignedPrompts.RemoveRange(
            await db.AssignedPrompts.Where(p => p.ProjectId == project && p.AccountId == account).ToListAsync(cancel));
        await db.SaveChangesAsync(cancel);
        await Lease.GiveBackAll(db, project, [account], now, cancel);
    }

    internal static void Require(ProjectRole role) =>
        LabelerException.ThrowIf(!ProjectRoles.OfMembers.Contains(role), "A member is an annotator, a reviewer or a lead.");

    internal static async Task RequireProject(LabelerDb db, long project, CancellationToken cancel) => LabelerException.ThrowIf(
        !await db.Projects.AnyAsync(p => p.Id == project && p.DeletedAt == null, cancel), "There is no such project.");
}
