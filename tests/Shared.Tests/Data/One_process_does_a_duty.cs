using Labeler.Shared.Data.Servers;
using Labeler.Shared.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class One_process_does_a_duty(Databases databases)
{
    private const string Name = "something";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Theory, OnEachDatabase]
    public async Task Of_many_that_ask_at_once_one_holds_it(string database)
    {
        await using var world = await databases.World(database);
        var all = Enumerable.Range(0, 8).Select(_ => new Duties(world.Contexts, world.Clock)).ToList();
        Assert.Single(await Task.WhenAll(all.Select(one => one.Hold(Name, Lease))), held => held);
    }

    [Theory, OnEachDatabase]
    public async Task Who_holds_it_goes_on_and_when_it_falls_silent_another_takes_over(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        var (first, second) = (world.Get<Duties>(), other.GetRequiredService<Duties>());
        for (var passed = TimeSpan.Zero; passed < 3 * Lease; passed += Lease / 4)
        {
            Assert.True(await first.Hold(Name, Lease));
            Assert.False(await second.Hold(Name, Lease));
            world.Clock.Advance(Lease / 4);
        }
        world.Clock.Advance(Lease);
        Assert.True(await second.Hold(Name, Lease));
        Assert.False(await first.Hold(Name, Lease));
        Assert.True(await first.Hold("something else", Lease));
    }

    [Theory, OnEachDatabase]
    public async Task Who_gives_it_up_leaves_it_to_another_at_once(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        var (first, second) = (world.Get<Duties>(), other.GetRequiredService<Duties>());
        Assert.True(await first.Hold(Name, Lease));
        await second.GiveUp(Name);
        Assert.False(await second.Hold(Name, Lease));
        await first.GiveUp(Name);
        Assert.True(await second.Hold(Name, Lease));
    }

    [Theory, OnEachDatabase]
    public async Task A_lease_of_a_clock_that_jumped_holds_up_nobody(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        var ahead = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(world.Now.AddYears(1));
        Assert.True(await new Duties(world.Contexts, ahead).Hold(Name, Lease));
        Assert.True(await other.GetRequiredService<Duties>().Hold(Name, Lease));
    }
}
