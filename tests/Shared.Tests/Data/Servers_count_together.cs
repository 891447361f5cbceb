using Labeler.Shared.Data.Servers;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class Servers_count_together(Databases databases)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    [Theory, OnEachDatabase]
    public async Task Many_at_once_over_two_processes_get_no_more_than_is_allowed(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        var counters = new[] { world.Get<SharedCounters>(), other.GetRequiredService<SharedCounters>() };
        var given = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Task.Run(() => Take(counters[n % 2], "one", 2, 25))));
        Assert.Equal(25, given.Sum(taken => taken.Given));
        Assert.Equal(25, (await Take(counters[0], "another", 30, 25)).Given);
    }

    [Theory, OnEachDatabase]
    public async Task When_the_window_is_over_all_are_there_anew(string database)
    {
        await using var world = await databases.World(database);
        var counters = world.Get<SharedCounters>();
        Assert.Equal(new(2, 1, world.Now + Window), await Take(counters, "one", 2, 3));
        world.Clock.Advance(Window - TimeSpan.FromSeconds(1));
        Assert.Equal(new(1, 0, world.Now + TimeSpan.FromSeconds(1)), await Take(counters, "one", 2, 3));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new(2, 1, world.Now + Window), await Take(counters, "one", 2, 3));
    }

    [Theory, OnEachDatabase]
    public async Task What_says_nothing_any_more_is_removed(string database)
    {
        await using var world = await databases.World(database);
        await Take(world.Get<SharedCounters>(), "old", 1, 3);
        world.Clock.Advance(Counter.Memory);
        await Take(world.Get<SharedCounters>(), "new", 1, 3);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var db = world.Open();
        await SharedCounters.RemoveOld(db, world.Now);
        Assert.Equal([SharedCounters.KeyOf("new")], await db.Counters.Select(c => c.Key).ToListAsync());
    }

    private static Task<SharedCounters.Taken> Take(SharedCounters counters, string about, int amount, int limit) =>
        counters.Take(CounterKind.TokenRequests, about, amount, limit, Window);
}
