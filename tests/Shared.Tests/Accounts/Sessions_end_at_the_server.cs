using Labeler.Shared.Accounts;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Accounts;

[Collection(Databases.Collection)]
public sealed class Sessions_end_at_the_server(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task One_is_ended_by_its_own_account_alone_and_once(string database)
    {
        await using var world = await databases.World(database);
        var (ada, bo) = (await Join(world, "Ada"), await Join(world, "Bo"));
        var session = await Begin(world, ada);
        await using var db = world.Open();
        Assert.False(await Session.End(db, bo, session, world.Now));
        Assert.Equal([session], await Open(world, ada));
        Assert.True(await Session.End(db, ada, session, world.Now));
        Assert.Empty(await Open(world, ada));
        Assert.False(await Session.End(db, ada, session, world.Now));
    }

    [Theory, OnEachDatabase]
    public async Task All_are_ended_at_once_or_all_but_one_and_nobody_elses(string database)
    {
        await using var world = await databases.World(database);
        var (ada, bo) = (await Join(world, "Ada"), await Join(world, "Bo"));
        Guid[] sessions = [await Begin(world, ada), await Begin(world, ada), await Begin(world, ada)];
        var other = await Begin(world, bo);
        await using var db = world.Open();
        Assert.Equal(2, await Session.EndAll(db, ada, world.Now, except: sessions[1]));
        Assert.Equal([sessions[1]], await Open(world, ada));
        Assert.Equal(1, await Session.EndAll(db, ada, world.Now));
        Assert.Empty(await Open(world, ada));
        Assert.Equal([other], await Open(world, bo));
    }

    [Theory, OnEachDatabase]
    public async Task One_that_is_not_seen_for_two_weeks_is_over_and_a_seen_one_is_not(string database)
    {
        await using var world = await databases.World(database);
        var ada = await Join(world, "Ada");
        Guid[] sessions = [await Begin(world, ada), await Begin(world, ada)];
        await using var db = world.Open();
        world.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(1, await Session.See(db, [sessions[1], Guid.NewGuid()], world.Now));
        world.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal([sessions[1]], await Open(world, ada));
    }

    [Theory, OnEachDatabase]
    public async Task Old_ones_are_removed_and_open_ones_never(string database)
    {
        await using var world = await databases.World(database);
        var ada = await Join(world, "Ada");
        Guid[] sessions = [await Begin(world, ada), await Begin(world, ada), await Begin(world, ada)];
        await using var db = world.Open();
        await Session.End(db, ada, sessions[0], world.Now);
        world.Clock.Advance(Session.Kept);
        await Session.See(db, [sessions[1]], world.Now);
        Assert.Equal(0, await Session.RemoveOld(db, world.Now));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await Session.RemoveOld(db, world.Now));
        world.Clock.Advance(Session.Lifetime - TimeSpan.FromMinutes(1));
        Assert.Equal(0, await Session.RemoveOld(db, world.Now));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await Session.RemoveOld(db, world.Now));
        Assert.Equal([sessions[1]], await db.Sessions.Select(s => s.Id).ToListAsync());
    }

    [Fact]
    public void Only_the_beginning_of_a_long_user_agent_is_kept() =>
        Assert.Equal(new string('x', Session.LongestUserAgent), new Session(Guid.NewGuid(), new string('x', 100_000), "", default).UserAgent);

    private static async Task<Guid> Join(World world, string name)
    {
        await using var db = world.Open();
        var account = new Account(name, name, world.Now);
        db.Users.Add(account);
        await db.SaveChangesAsync();
        return account.Id;
    }

    private static async Task<Guid> Begin(World world, Guid account)
    {
        await using var db = world.Open();
        var session = new Session(account, "a browser", "192.0.2.1", world.Now);
        db.Sessions.Add(session);
        await db.SaveChangesAsync();
        return session.Id;
    }

    private static async Task<List<Guid>> Open(World world, Guid account)
    {
        await using var db = world.Open();
        return await db.Sessions.Open(world.Now).Where(s => s.AccountId == account).Select(s => s.Id).ToListAsync();
    }
}
