using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class A_vote_is_stored_exactly_once(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Fifty_people_voting_at_once_through_two_processes_lose_and_double_nothing(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 100);
        await using var other = world.AnotherProcess();
        (ItemQueue Queue, VoteRecorder Box)[] processes = [(scene.Queue, scene.Box), (other.GetRequiredService<ItemQueue>(), other.GetRequiredService<VoteRecorder>())];

        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(async () =>
        {
            var (queue, box) = processes[n % 2];
            var person = Guid.NewGuid();
            var got = new List<VoteResult>();
            foreach (var lease in (await queue.Take(scene.Project.Id, person, 2, [])).Leases)
            {
                var ballot = new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, Scene.Flag(n % 7), 700, null);
                var twice = await Task.WhenAll(Task.Run(() => box.Cast(ballot)), Task.Run(() => processes[1 - n % 2].Box.Cast(ballot)));
                Assert.Equal([Outcome.Accepted, Outcome.Duplicate], twice.Select(r => r.Outcome).Order());
                got.Add(twice[0]);
            }
            return got;
        })));

        Assert.Equal(100, receipts.Sum(r => r.Count));
        Assert.Equal(100, await scene.Read(db => db.Votes.CountAsync()));
        Assert.Equal(100, await scene.Read(db => db.Items.CountAsync(i => i.State == ItemState.Done && i.Votes == 1)));
    }

    [Theory, OnEachDatabase]
    public async Task The_same_key_again_is_the_same_vote(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2);
        var (person, key) = (Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(person)).ItemId;
        var first = await scene.Vote(person, item, Scene.Flag(1), key);
        var again = await scene.Vote(person, item, Scene.Flag(1, 2), key);
        Assert.Equal((Outcome.Accepted, Outcome.Duplicate, first.VoteId), (first.Outcome, again.Outcome, again.VoteId));
        Assert.Equal(Outcome.Refused, (await scene.Vote(person, item, Scene.Flag(3))).Outcome);
        Assert.Equal(Outcome.Refused, (await scene.Vote(Guid.NewGuid(), item, Scene.Flag(3), key)).Outcome);
    }

    [Theory, OnEachDatabase]
    public async Task A_vote_for_somebody_elses_lease_is_refused(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var item = (await scene.Next(Guid.NewGuid())).ItemId;
        Assert.Equal(Outcome.Refused, (await scene.Vote(Guid.NewGuid(), item, Scene.Flag(3))).Outcome);
        Assert.Equal(0, await scene.Read(db => db.Votes.CountAsync()));
    }

    [Theory, OnEachDatabase]
    public async Task A_late_vote_is_kept_as_surplus(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var (slow, quick) = (Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(slow)).ItemId;
        world.Clock.Advance(Lease.Lifetime + TimeSpan.FromMinutes(1));
        await scene.Next(quick);
        Assert.Equal(Outcome.Accepted, (await scene.Vote(quick, item, Scene.Flag(3))).Outcome);
        Assert.Equal(Outcome.Surplus, (await scene.Vote(slow, item, Scene.Flag(5))).Outcome);
        Assert.Equal(1, await scene.Read(db => db.Items.Select(i => i.Votes).SingleAsync()));
    }

    [Fact]
    public async Task A_vote_after_the_model_was_revealed_is_refused()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var person = Guid.NewGuid();
        var item = (await scene.Next(person)).ItemId;
        await scene.Queue.Unblind(person, item);
        Assert.Equal(Outcome.Refused, (await scene.Vote(person, item, Scene.Flag(3))).Outcome);
        Assert.NotEmpty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, [])).Leases);
    }

    [Fact]
    public async Task Verdicts_that_do_not_fit_the_item_are_refused()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var person = Guid.NewGuid();
        var item = (await scene.Next(person)).ItemId;
        var whole = Scene.Flag(1);
        Verdict[] wrong =
        [
            new FlagVerdict([.. whole.Tiles.Take(6)]),
            new FlagVerdict([.. whole.Tiles.Take(6), whole.Tiles[0]]),
            new FlagVerdict([.. whole.Tiles.Select(t => t with { Displayed = false })]),
            new FlagVerdict([.. whole.Tiles.Select(t => t with { Flags = Shared.Projects.FlagKinds.Unsafe })]),
            new ChoiceVerdict("10", true, true),
            new PairVerdict(PairPick.Left, true, true, true),
            new SkipVerdict(new string('x', 501)),
        ];
        foreach (var verdict in wrong)
        {
            Assert.Equal(Outcome.Refused, (await scene.Vote(person, item, verdict)).Outcome);
        }
        Assert.Equal(Outcome.Accepted, (await scene.Vote(person, item, whole)).Outcome);
    }
}
