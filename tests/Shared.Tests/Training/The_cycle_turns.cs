using Labeler.Shared.Automation;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Training;

[Collection(Databases.Collection)]
public sealed class The_cycle_turns(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Label_train_and_the_next_epoch_is_sampled_by_the_new_checkpoint(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        var person = Guid.NewGuid();
        await scene.VoteAll(person, lease => Scene.Flag([.. Enumerable.Range(0, lease.Item!.Group!.Number + 1)]));

        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((1 * 6) + (2 * 5) + (3 * 4), plan.Signal);
        await scene.Cycle.Train(scene.Epoch.Id, plan.Hash);

        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        var manifest = await scene.Cycle.StartTraining(job);
        Assert.Equal(plan.Hash, manifest.Hash());
        var weights = await world.Files.Put("adapter"u8.ToArray());
        var next = (await scene.Cycle.Complete(job, AdapterKind.Lora, weights, null))!;

        await using var db = world.Open();
        var epochs = await db.Epochs.Include(e => e.Checkpoint).Include(e => e.SampledBy).OrderBy(e => e.Number).ToListAsync();
        Assert.Equal([EpochState.Complete, EpochState.Sampling], epochs.Select(e => e.State));
        Assert.Equal((next.Id, weights), (epochs[1].Id, epochs[1].SampledBy!.WeightsHash));
        Assert.Equal(3, await db.CheckpointVotes.CountAsync(t => t.CheckpointId == epochs[0].CheckpointId));
        Assert.Equal(JobKind.Sample, (await scene.Jobs.Claim("worker", [JobKind.Sample, JobKind.Train]))!.Kind);
    }

    [Theory, OnEachDatabase]
    public async Task A_worker_that_lost_its_job_cannot_complete_the_epoch(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var slow = (await scene.Jobs.Claim("slow", [JobKind.Train]))!;
        await scene.Cycle.StartTraining(slow);
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        var quick = (await scene.Jobs.Claim("quick", [JobKind.Train]))!;
        Assert.Equal((slow.Id, 2), (quick.Id, quick.Attempt));

        var weights = await world.Files.Put("adapter"u8.ToArray());
        await Assert.ThrowsAsync<JobLostException>(() => scene.Cycle.Complete(slow, AdapterKind.Lora, weights, null));
        await scene.Cycle.StartTraining(quick);
        Assert.NotNull(await scene.Cycle.Complete(quick, AdapterKind.Lora, weights, null));
        Assert.Equal(1, await scene.Read(db => db.Checkpoints.CountAsync()));
    }

    [Fact]
    public async Task Votes_after_the_dry_run_stop_a_training_that_nobody_confirmed()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var person = Guid.NewGuid();
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1));
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(2));
        await Assert.ThrowsAsync<LabelerException>(() => scene.Cycle.Train(scene.Epoch.Id, plan.Hash));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task A_project_that_trains_by_itself_does_so_when_everything_is_judged(bool byItself, int jobs)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2, settings: new ProjectSettings { TrainAutomatically = byItself });
        var person = Guid.NewGuid();
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1));
        Assert.Empty(await world.Get<AutomaticTraining>().GoOn());
        await scene.VoteAll(person, _ => Scene.Flag());
        Assert.Equal(jobs, (await world.Get<AutomaticTraining>().GoOn()).Count);
        Assert.Empty(await world.Get<AutomaticTraining>().GoOn());
    }

    [Theory, OnEachDatabase]
    public async Task Of_two_processes_one_trains_by_itself_and_when_it_dies_the_other_does(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        var (first, second) = (world.Get<AutomaticTraining>(), other.GetRequiredService<AutomaticTraining>());
        var scene = await Scene.Sampled(world, groups: 2, settings: new ProjectSettings { TrainAutomatically = true });
        Assert.Empty(await first.GoOn());
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        Assert.Empty(await second.GoOn());
        world.Clock.Advance(AutomaticTraining.Lease + TimeSpan.FromSeconds(1));
        Assert.Single(await second.GoOn());
    }

    [Fact]
    public async Task A_frozen_epoch_hands_out_nothing_and_keeps_late_votes_until_it_is_open_again()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 3);
        var (person, key) = (Guid.NewGuid(), Guid.NewGuid());
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1), key);
        var held = (await scene.Next(person)).ItemId;
        await scene.Cycle.Train(scene.Epoch.Id, null);
        Assert.Equal(Outcome.Surplus, (await scene.Vote(person, held, Scene.Flag(1))).Outcome);
        Assert.Equal(Outcome.Refused, (await scene.Box.Undo(Guid.NewGuid(), person, key)).Outcome);
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, [])).Leases);

        // Open again, it takes what came meanwhile for what it is.
        await scene.Cycle.Cancel(scene.Epoch.Id);
        Assert.Equal((6 + 6, 1), await scene.Cycle.DryRun(scene.Epoch.Id) is var plan ? (plan.Signal, plan.Open) : default);
        Assert.NotEmpty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, [])).Leases);
        Assert.Null(await scene.Jobs.Claim("worker", [JobKind.Train]));
    }

    [Fact]
    public async Task Rolling_back_marks_what_came_after_and_samples_anew_from_the_checkpoint()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var weights = await world.Files.Put("adapter"u8.ToArray());
        var epoch = scene.Epoch;
        for (var round = 0; round < 2; round++)
        {
            await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
            await scene.Cycle.Train(epoch.Id, null);
            var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
            await scene.Cycle.StartTraining(job);
            epoch = (await scene.Cycle.Complete(job, AdapterKind.Lora, weights, null))!;
            await scene.Sample(epoch, 1);
        }
        var first = await scene.Read(db => db.Checkpoints.OrderBy(c => c.Id).FirstAsync());
        var again = await scene.Cycle.RollBack(scene.Project.Id, first.Id);

        await using var db = world.Open();
        Assert.Equal([EpochState.Complete, EpochState.RolledBack, EpochState.RolledBack, EpochState.Sampling], await db.Epochs.OrderBy(e => e.Number).Select(e => e.State).ToListAsync());
        Assert.Equal((4, first.Id), (again.Number, again.SampledById));
        Assert.Equal(1, await db.Checkpoints.CountAsync(c => c.RolledBackAt != null));
        Assert.Equal(2, await db.Items.CountAsync(i => i.State == ItemState.Done));
        Assert.Equal(1, await db.Items.CountAsync(i => i.State == ItemState.Retired && i.Use == ItemUse.Training));
    }

    [Fact]
    public async Task What_failed_is_tried_again_where_it_stopped()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        await scene.Cycle.StartTraining(job);
        await scene.Jobs.Fail(job, "The disk is full.");
        Assert.Equal((EpochState.Failed, "The disk is full."), await scene.Read(async db => await db.Epochs.Select(e => new { e.State, e.Error }).SingleAsync() is var e ? (e.State, e.Error!) : default));
        await scene.Cycle.Retry(scene.Epoch.Id);
        Assert.Equal(job.Id, (await scene.Jobs.Claim("worker", [JobKind.Train]))!.Id);
        Assert.Equal(EpochState.Frozen, await scene.Read(db => db.Epochs.Select(e => e.State).SingleAsync()));
    }
}
