using Labeler.Shared.Voting;

namespace Labeler.Shared.Members.Teams;

/// <summary>Changes teams, one change after the other: of two people who change one at once, neither's work is lost.</summary>
public sealed class TeamEditing(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    private const string NoTeam = "There is no such team; load the page again.";

    /// <exception cref="LabelerException">The name cannot be used, or another team has it.</exception>
    public Task<Team> Make(string name, CancellationToken cancel = default) => Alone(async db =>
    {
        var team = new Team(name, time.GetUtcNow());
        await RequireFree(db, team.Name, cancel);
        db.Teams.Add(team);
        return team;
    }, cancel);

    /// <param name="was">The name as whoever renames it saw it.</param>
    /// <exception cref="LabelerException">It has another name by now, or the new one cannot be used.</exception>
    public Task<Team> Rename(long id, string was, string name, CancellationToken cancel = default) => Alone(async db =>
    {
        var team = await Find(db, id, cancel);
        LabelerException.ThrowIf(team.Name != was, "Somebody else has renamed this team meanwhile: look at it again.");
        if (Team.Normal(Team.Clean(name)) != team.NormalizedName)
        {
            await RequireFree(db, Team.Clean(name), cancel);
        }
        team.Rename(name);
        return team;
    }, cancel);

    /// <summary>Takes away whatever its people were allowed by it alone.</summary>
    /// <exception cref="LabelerException">It is not there.</exception>
    public Task<Team> Delete(long id, CancellationToken cancel = default) => Alone(async db =>
    {
        var team = await Find(db, id, cancel);
        // Read, so that the audit log tells who was in it and what it was a member of.
        var (people, members) = (await db.TeamPeople.Where(p => p.TeamId == id).ToListAsync(cancel),
            await db.TeamMembers.Where(m => m.TeamId == id).ToListAsync(cancel));
        await GiveBack(db, members.ConvertAll(m => m.ProjectId), people.ConvertAll(p => p.AccountId), cancel);
        db.TeamPeople.RemoveRange(people);
        db.TeamMembers.RemoveRange(members);
        db.Teams.Remove(team);
        return team;
    }, cancel);

    /// <summary>Takes somebody into a team; nothing happens where they are in it.</summary>
    /// <exception cref="LabelerException">There is no such team or account.</exception>
    public Task<Team> Add(long id, Guid account, Guid? by, CancellationToken cancel = default) => Alone(async db =>
    {
        var team = await Find(db, id, cancel);
        if (!await db.TeamPeople.AnyAsync(p => p.TeamId == id && p.AccountId == account, cancel))
        {
            LabelerException.ThrowIf(!await db.Users.AnyAsync(a => a.Id == account && a.DeletedAt == null, cancel),
                "There is no such account; load the page again.");
            db.TeamPeople.Add(new(id, account, by, time.GetUtcNow()));
        }
        return team;
    }, cancel);

    /// <summary>Takes somebody out of a team and gives back what they held of its projects' items.</summary>
    /// <exception cref="LabelerException">They are not in it.</exception>
    public Task<Team> Remove(long id, Guid account, CancellationToken cancel = default) => Alone(async db =>
    {
        var team = await Find(db, id, cancel);
        db.TeamPeople.Remove(await db.TeamPeople.FirstOrDefaultAsync(p => p.TeamId == id && p.AccountId == account, cancel)
            ?? throw new LabelerException("They are not in this team; load the page again."));
        await GiveBack(db, await db.TeamMembers.Where(m => m.TeamId == id).Select(m => m.ProjectId).ToListAsync(cancel), [account], cancel);
        return team;
    }, cancel);

    /// <summary>Makes a team a member of a project, or gives it another role there.</summary>
    /// <exception cref="LabelerException">There is no such team or project, or a membership cannot give that role.</exception>
    public Task<Team> Admit(long project, long id, ProjectRole role, Guid? by, CancellationToken cancel = default) => Alone(async db =>
    {
        Member.Require(role);
        var team = await Find(db, id, cancel);
        if (await db.TeamMembers.FirstOrDefaultAsync(m => m.ProjectId == project && m.TeamId == id, cancel) is { } member)
        {
            member.Role = role;
            return team;
        }
        await Member.RequireProject(db, project, cancel);
        db.TeamMembers.Add(new(project, id, role, by, time.GetUtcNow()));
        return team;
    }, cancel);

    /// <exception cref="LabelerException">The team is no member.</exception>
    public Task<Team> Expel(long project, long id, CancellationToken cancel = default) => Alone(async db =>
    {
        var team = await Find(db, id, cancel);
        db.TeamMembers.Remove(await db.TeamMembers.FirstOrDefaultAsync(m => m.ProjectId == project && m.TeamId == id, cancel)
            ?? throw new LabelerException("This team is no member; load the page again."));
        await GiveBack(db, [project], await db.TeamPeople.Where(p => p.TeamId == id).Select(p => p.AccountId).ToListAsync(cancel), cancel);
        return team;
    }, cancel);

    private Task<Team> Alone(Func<LabelerDb, Task<Team>> change, CancellationToken cancel) =>
        contexts.Write(LockScope.Teams, 0, async db =>
    {
        var team = await change(db);
        await db.SaveChangesAsync(cancel);
        return team;
    }, cancel);

    private static async Task<Team> Find(LabelerDb db, long id, CancellationToken cancel) =>
        await db.Teams.FirstOrDefaultAsync(t => t.Id == id, cancel) ?? throw new LabelerException(NoTeam);

    private static async Task RequireFree(LabelerDb db, string name, CancellationToken cancel)
    {
        var normal = Team.Normal(name);
        LabelerException.ThrowIf(await db.Teams.AnyAsync(t => t.NormalizedName == normal, cancel), "There is a team of that name already.");
    }

    // Whoever keeps a right by another way is handed the items again.
    private async Task GiveBack(LabelerDb db, List<long> projects, List<Guid> people, CancellationToken cancel)
    {
        foreach (var project in projects)
        {
            await Lease.GiveBackAll(db, project, people, time.GetUtcNow(), cancel);
        }
    }
}
