using Labeler.Shared.Members;
using Labeler.Shared.Members.Teams;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Members;

[Collection(Databases.Collection)]
public sealed class Teams_are_members(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task A_role_in_a_project_is_the_highest_of_a_person_s_own_and_their_teams_(string database)
    {
        await using var world = await databases.World(database);
        var (scene, editing) = (await Closed(world), world.Get<TeamEditing>());
        var person = (await scene.Person("in two teams")).Id;
        Assert.Equal(ProjectRole.None, await RoleOf(scene, person));
        var (few, many) = (await editing.Make("Few rights"), await editing.Make("Many rights"));
        await editing.Add(few.Id, person, null);
        await editing.Add(many.Id, person, null);
        await editing.Admit(scene.Project.Id, few.Id, ProjectRole.Annotator, null);
        Assert.Equal(ProjectRole.Annotator, await RoleOf(scene, person));
        await Change(scene, db => Member.Put(db, scene.Project.Id, person, ProjectRole.Reviewer, null, world.Now));
        Assert.Equal(ProjectRole.Reviewer, await RoleOf(scene, person));
        await editing.Admit(scene.Project.Id, many.Id, ProjectRole.Lead, null);
        Assert.Equal(ProjectRole.Lead, await RoleOf(scene, person));
        await editing.Admit(scene.Project.Id, many.Id, ProjectRole.Annotator, null);
        Assert.Equal(ProjectRole.Reviewer, await RoleOf(scene, person));
        await Change(scene, db => Member.Remove(db, scene.Project.Id, person, world.Now));
        Assert.Equal(ProjectRole.Annotator, await RoleOf(scene, person));
        Assert.Equal(ProjectRole.None, await RoleOf(scene, (await scene.Person("in none")).Id));
    }

    [Theory, OnEachDatabase]
    public async Task Whoever_leaves_a_team_or_whose_team_leaves_or_is_deleted_is_out_and_holds_nothing_more(string database)
    {
        await using var world = await databases.World(database);
        var (scene, editing) = (await Closed(world, groups: 3), world.Get<TeamEditing>());
        var ways = new Func<Team, Guid, Task<Team>>[]
        {
            (team, person) => editing.Remove(team.Id, person), (team, _) => editing.Expel(scene.Project.Id, team.Id), (team, _) => editing.Delete(team.Id),
        };
        for (var way = 0; way < ways.Length; way++)
        {
            var person = (await scene.Person($"leaves by way {way}")).Id;
            var team = await editing.Make($"Team {way}");
            await editing.Add(team.Id, person, null);
            await editing.Admit(scene.Project.Id, team.Id, ProjectRole.Annotator, null);
            var held = (await scene.Next(person)).ItemId;
            await ways[way](team, person);
            Assert.Equal(ProjectRole.None, await RoleOf(scene, person));
            Assert.Empty(await scene.Queue.Extend(person, [held]));
        }
        Assert.Equal(3, (await scene.Queue.Take(scene.Project.Id, (await scene.Person("gets them all")).Id, 16, [])).Leases.Count);
    }

    [Theory, OnEachDatabase]
    public async Task Of_many_who_change_one_team_at_once_from_two_processes_nobody_s_work_is_lost(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Closed(world);
        await using var other = world.AnotherProcess();
        TeamEditing[] both = [world.Get<TeamEditing>(), other.GetRequiredService<TeamEditing>()];
        var team = await both[0].Make("Changed by many");
        var (stays, leaves) = (await People(scene, "stays", 8), await People(scene, "leaves", 8));
        foreach (var person in leaves)
        {
            await both[0].Add(team.Id, person, null);
        }
        // Everybody twice, by different admins.
        await Task.WhenAll(stays.Concat(stays).Select((person, n) => Task.Run(() => both[n % 2].Add(team.Id, person, null)))
            .Concat(leaves.Select((person, n) => Task.Run(() => both[n % 2].Remove(team.Id, person))))
            .Append(Task.Run(() => both[1].Rename(team.Id, "Changed by many", "Renamed meanwhile"))));
        Assert.Equal(stays.Order(), (await scene.Read(db => db.TeamPeople.Where(p => p.TeamId == team.Id).Select(p => p.AccountId).ToListAsync())).Order());
        Assert.Equal("Renamed meanwhile", await scene.Read(db => db.Teams.Select(t => t.Name).SingleAsync()));
        Assert.Contains("renamed this team", (await Assert.ThrowsAsync<LabelerException>(() => both[0].Rename(team.Id, "Changed by many", "Too late"))).Message, StringComparison.Ordinal);
        Assert.Contains("already", (await Assert.ThrowsAsync<LabelerException>(() => both[0].Make("RENAMED meanwhile"))).Message, StringComparison.Ordinal);
    }

    private static async Task<List<Guid>> People(Scene scene, string name, int count)
    {
        List<Guid> people = [];
        for (var n = 0; n < count; n++)
        {
            people.Add((await scene.Person($"{name} {n}")).Id);
        }
        return people;
    }

    private static async Task<Scene> Closed(World world, int groups = 1)
    {
        var scene = await Scene.Sampled(world, groups);
        await Change(scene, async db => (await db.Projects.SingleAsync()).OpenToAll(false));
        return scene;
    }

    private static async Task Change(Scene scene, Func<Shared.Data.LabelerDb, Task> change)
    {
        await using var db = scene.World.Open();
        await change(db);
        await db.SaveChangesAsync();
    }

    // Both questions that are asked of rights must say the same.
    private static async Task<ProjectRole> RoleOf(Scene scene, Guid person)
    {
        await using var db = scene.World.Open();
        var viewer = new Viewer(person, ProjectRole.Annotator);
        var role = (await viewer.Roles(db, db.Projects)).GetValueOrDefault(scene.Project.Id);
        foreach (var least in ProjectRoles.OfMembers)
        {
            Assert.Equal(role >= least, await viewer.Projects(db, least).AnyAsync());
            Assert.Equal(role >= least, await viewer.IsAnywhere(db, least));
        }
        return role;
    }
}
