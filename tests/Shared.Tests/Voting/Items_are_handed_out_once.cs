using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Items_are_handed_out_once(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Fifty_people_asking_at_once_from_two_processes_never_hold_the_same_item(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 60);
        await using var other = world.AnotherProcess();
        var queues = new[] { scene.Queue, other.GetRequiredService<ItemQueue>() };
        var people = Enumerable.Range(0, 50).Select(_ => Guid.NewGuid()).ToList();

        var handed = await Task.WhenAll(people.Select((person, n) => Task.Run(() => queues[n % 2].Take(scene.Project.Id, person, 2, []))));

        var items = handed.SelectMany(h => h.Leases).Select(l => l.ItemId).ToList();
        Assert.Equal(60, items.Count);
        Assert.Equal(60, items.Distinct().Count());
    }

    [Theory, OnEachDatabase]
    public async Task An_item_that_wants_two_votes_is_with_two_people_at_most(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, settings: new ProjectSettings { VotesPerItem = 2 });
        var handed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, []))));
        Assert.Equal(2, handed.Count(h => h.Leases.Count == 1));
        Assert.Equal(8, handed.Count(h => h.Why == NoItemsReason.NoneOpen));
    }

    [Theory, OnEachDatabase]
    public async Task An_item_whose_holder_fell_silent_goes_to_the_next_person(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var (absent, present) = (Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(absent)).ItemId;
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, present, 1, [])).Leases);

        world.Clock.Advance(Lease.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal([item], await scene.Queue.Extend(absent, [item]));
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, present, 1, [])).Leases);

        world.Clock.Advance(Lease.Lifetime);
        Assert.Equal(item, (await scene.Next(present)).ItemId);
        Assert.Empty(await scene.Queue.Extend(absent, [item]));
    }

    [Theory, OnEachDatabase]
    public async Task A_clock_that_jumps_back_a_year_does_not_lock_an_item_for_a_year(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var item = (await scene.Next(Guid.NewGuid())).ItemId;
        world.Clock.AdjustTime(world.Now - TimeSpan.FromDays(365));
        Assert.Equal(item, (await scene.Next(Guid.NewGuid())).ItemId);
    }

    [Theory, OnEachDatabase]
    public async Task Somebody_whose_clock_is_a_little_behind_is_not_handed_what_another_just_got(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2);
        var item = (await scene.Next(Guid.NewGuid())).ItemId;
        world.Clock.AdjustTime(world.Now - TimeSpan.FromSeconds(20));
        Assert.NotEqual(item, (await scene.Next(Guid.NewGuid())).ItemId);
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, [])).Leases);
    }

    [Theory, OnEachDatabase]
    public async Task Asking_again_returns_what_is_still_held_but_not_what_is_on_hand(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 5);
        var person = Guid.NewGuid();
        var first = (await scene.Queue.Take(scene.Project.Id, person, 2, [])).Leases.Select(l => l.ItemId).ToList();
        Assert.Equal(first, (await scene.Queue.Take(scene.Project.Id, person, 2, [])).Leases.Select(l => l.ItemId));
        var more = (await scene.Queue.Take(scene.Project.Id, person, 2, first)).Leases.Select(l => l.ItemId);
        Assert.Empty(first.Intersect(more));
    }

    [Theory, OnEachDatabase]
    public async Task What_is_handed_out_again_is_held_for_as_long_as_at_first(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var person = Guid.NewGuid();
        var item = (await scene.Next(person)).ItemId;
        world.Clock.Advance(Lease.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(item, (await scene.Next(person)).ItemId);
        world.Clock.Advance(Lease.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, [])).Leases);
    }

    [Theory, OnEachDatabase]
    public async Task An_item_given_back_is_free_at_once(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var person = Guid.NewGuid();
        var item = (await scene.Next(person)).ItemId;
        await scene.Queue.Release(person, [item]);
        Assert.Equal(item, (await scene.Next(Guid.NewGuid())).ItemId);
    }

    [Theory, OnEachDatabase]
    public async Task Labeling_starts_with_the_first_complete_group(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        await using var db = world.Open();
        var lease = await scene.Next(Guid.NewGuid());
        Assert.Equal(7, lease.Item!.Group!.Images.Count);
        Assert.Equal(Enumerable.Range(0, 7), lease.Item.Group.Images.Select(i => i.Index));
    }

    [Fact]
    public async Task Both_sides_of_a_pair_are_drawn()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 50, LabelingTask.PreferPair, new ProjectSettings { GroupSize = 2 });
        var person = Guid.NewGuid();
        await scene.VoteAll(person, _ => new PairVerdict(PairPick.Left, FirstOnLeft: true, Displayed: true, Unblurred: true));
        var onLeft = await scene.Read(db => db.Leases.CountAsync(l => l.FirstOnLeft));
        Assert.InRange(onLeft, 5, 45);
        Assert.Equal(onLeft, await scene.Read(db => db.Votes.CountAsync(v => v.Choice == "first")));
    }

    [Fact]
    public async Task Nobody_is_shown_what_they_opted_out_of_or_more_than_their_daily_budget()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 4, settings: new ProjectSettings { Blurred = true, SensitiveKind = "violence", Flags = FlagKinds.Unsafe });
        var opted = await scene.Person("opted", a => a.OptOutOf(["violence"]));
        var tired = await scene.Person("tired", a => a.LimitExposure(14));
        Assert.Equal(NoItemsReason.OptedOut, (await scene.Queue.Take(scene.Project.Id, opted.Id, 1, [])).Why);
        for (var n = 0; n < 2; n++)
        {
            await scene.Vote(tired.Id, (await scene.Next(tired.Id)).ItemId, Scene.Flag());
        }
        Assert.Equal(NoItemsReason.ExposureSpent, (await scene.Queue.Take(scene.Project.Id, tired.Id, 1, [])).Why);
        world.Clock.Advance(TimeSpan.FromHours(25));
        Assert.NotEmpty((await scene.Queue.Take(scene.Project.Id, tired.Id, 1, [])).Leases);
    }
}
