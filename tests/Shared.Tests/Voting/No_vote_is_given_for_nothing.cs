using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class No_vote_is_given_for_nothing(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Where_sampling_failed_nothing_is_handed_out_and_what_was_on_a_screen_counts_after_a_retry(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.Cycle.RollBack(scene.Project.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Sample]))!;
        await scene.AddGroup(job, 0);
        await scene.AddGroup(job, 1);
        var person = Guid.NewGuid();
        var held = (await scene.Next(person)).ItemId;
        await scene.Jobs.Fail(job, "The disk is full.");

        Assert.Equal(NoItemsReason.NoneOpen, (await scene.Queue.Take(scene.Project.Id, person, 4, [])).Why);
        Assert.Equal(NoItemsReason.NoneOpen, (await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 4, [])).Why);
        Assert.Equal(Outcome.Surplus, (await scene.Vote(person, held, Scene.Flag(1))).Outcome);

        await scene.Cycle.Retry(job.EpochId!.Value);
        Assert.Equal(1, await scene.Read(db => db.Items.Where(i => i.Id == held).Select(i => i.Votes).SingleAsync()));
        Assert.False(await scene.Read(db => db.Votes.AnyAsync(v => v.EpochId == job.EpochId && v.Surplus)));
        Assert.Equal(6, (await scene.Cycle.DryRun(job.EpochId.Value)).Signal);
        Assert.NotEqual(held, (await scene.Next(Guid.NewGuid())).ItemId);
    }

    [Theory, OnEachDatabase]
    public async Task Somebody_who_withdrew_is_not_asked_and_others_are_asked_in_their_place(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2, settings: new ProjectSettings { VotesPerItem = 2 });
        var (leaves, stays) = (await scene.Person("leaves"), await scene.Person("stays"));
        var last = await scene.Next(leaves.Id);
        await scene.VoteAll(stays.Id, _ => Scene.Flag(1));
        var key = Guid.NewGuid();
        var judged = (await scene.Queue.Take(scene.Project.Id, leaves.Id, 2, [last.ItemId])).Leases[0].ItemId;
        await scene.Vote(leaves.Id, judged, Scene.Flag(1), key);
        Assert.Equal(6, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);

        await Withdraw(world, leaves.Id);
        Assert.Equal(1, await world.Get<Review>().Withdraw(leaves.Id));
        Assert.Equal(0, await world.Get<Review>().Withdraw(leaves.Id));

        Assert.Equal(NoItemsReason.Withdrawn, (await scene.Queue.Take(scene.Project.Id, leaves.Id, 4, [])).Why);
        Assert.Equal(Outcome.Refused, (await scene.Vote(leaves.Id, last.ItemId, Scene.Flag(2))).Outcome);
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((0, 1), (plan.Signal, plan.Excluded[Exclusion.Withdrawn]));

        Assert.Equal(last.ItemId, (await scene.Next(Guid.NewGuid())).ItemId);

        // Taking a vote back that does not count, or letting it out of quarantine, gives no room to a third person.
        var vote = await scene.Read(db => db.Votes.SingleAsync(v => v.Key == key));
        await world.Get<Review>().Quarantine(scene.Project.Id, [vote.Id], "withdrawn");
        await world.Get<Review>().Release(scene.Project.Id, [vote.Id]);
        await scene.Box.Undo(Guid.NewGuid(), leaves.Id, key);
        Assert.Equal([1, 1], await scene.Read(db => db.Items.OrderBy(i => i.Id).Select(i => i.Votes).ToListAsync()));

        world.Clock.Advance(Lease.Lifetime);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        Assert.Equal([2, 2], await scene.Read(db => db.Items.OrderBy(i => i.Id).Select(i => i.Votes).ToListAsync()));
        Assert.Equal(12, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Fact]
    public async Task A_vote_that_came_while_training_and_was_withdrawn_does_not_come_back_when_training_is_canceled()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var leaves = await scene.Person("leaves");
        var held = (await scene.Next(leaves.Id)).ItemId;
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        Assert.Equal(Outcome.Surplus, (await scene.Vote(leaves.Id, held, Scene.Flag(1))).Outcome);
        await Withdraw(world, leaves.Id);
        await world.Get<Review>().Withdraw(leaves.Id);

        await scene.Cycle.Cancel(scene.Epoch.Id);
        Assert.Equal(0, await scene.Read(db => db.Items.Where(i => i.Id == held).Select(i => i.Votes).SingleAsync()));
        Assert.Equal(held, (await scene.Next(Guid.NewGuid())).ItemId);
    }

    private static async Task Withdraw(World world, Guid person)
    {
        await using var db = world.Open();
        (await db.Users.SingleAsync(a => a.Id == person)).Withdraw(world.Now);
        await db.SaveChangesAsync();
    }
}
