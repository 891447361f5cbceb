using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Jobs;

[Collection(Databases.Collection)]
public sealed class Jobs_are_held_by_one_worker(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Twenty_workers_of_two_processes_claim_ten_jobs_once_each_the_urgent_first(string database)
    {
        await using var world = await databases.World(database);
        await Queue(world, Enumerable.Range(0, 10).Select(n => Job.Queue(JobKind.Evaluate, null, null, new { N = n }, world.Now, priority: n)));
        await using var other = world.AnotherProcess();
        var queues = new[] { world.Get<JobQueue>(), other.GetRequiredService<JobQueue>() };
        Assert.Equal(9, (await queues[0].Claim("first", [JobKind.Evaluate]))!.Priority);
        var claimed = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(() => queues[n % 2].Claim($"worker {n}", [JobKind.Evaluate, JobKind.Train]))));
        Assert.Equal(9, claimed.OfType<Job>().Select(j => j.Id).Distinct().Count());
        Assert.Equal(9, claimed.OfType<Job>().Count());
    }

    [Theory, OnEachDatabase]
    public async Task A_worker_gets_only_the_kinds_it_can_do(string database)
    {
        await using var world = await databases.World(database);
        await Queue(world, [Job.Queue(JobKind.Train, null, null, null, world.Now)]);
        Assert.Null(await world.Get<JobQueue>().Claim("worker", [JobKind.Sample, JobKind.Evaluate]));
        Assert.NotNull(await world.Get<JobQueue>().Claim("worker", [JobKind.Sample, JobKind.Train]));
    }

    [Theory, OnEachDatabase]
    public async Task A_dead_workers_job_is_claimed_again_and_the_dead_one_is_told_when_it_wakes(string database)
    {
        await using var world = await databases.World(database);
        await Queue(world, [Job.Queue(JobKind.Train, null, null, null, world.Now)]);
        var queue = world.Get<JobQueue>();
        var slow = (await queue.Claim("slow", [JobKind.Train]))!;
        world.Clock.Advance(Job.LeaseLifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(HeartbeatResult.GoOn, await queue.Heartbeat(slow, 0.4, "step 4 of 10", 12));
        world.Clock.Advance(Job.LeaseLifetime - TimeSpan.FromSeconds(1));
        Assert.Null(await queue.Claim("quick", [JobKind.Train]));
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        var quick = (await queue.Claim("quick", [JobKind.Train]))!;
        Assert.Equal((slow.Id, 2, 0.4), (quick.Id, quick.Attempt, quick.Progress));

        Assert.Equal(HeartbeatResult.Lost, await queue.Heartbeat(slow, 0.5, "", null));
        Assert.False(await queue.Succeed(slow));
        Assert.Equal(HeartbeatResult.GoOn, await queue.Heartbeat(quick, 0.9, "step 9 of 10", 1));
        Assert.True(await queue.Succeed(quick));
        await using var db = world.Open();
        var ended = await db.Jobs.SingleAsync();
        Assert.Equal((JobState.Succeeded, 1.0, ""), (ended.State, ended.Progress, ended.Message));
    }

    [Fact]
    public async Task The_same_worker_started_again_under_its_old_name_does_not_keep_its_old_lease()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, [Job.Queue(JobKind.Train, null, null, null, world.Now)]);
        var queue = world.Get<JobQueue>();
        var before = (await queue.Claim("worker", [JobKind.Train]))!;
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        var after = (await queue.Claim("worker", [JobKind.Train]))!;
        Assert.Equal((HeartbeatResult.Lost, HeartbeatResult.GoOn), (await queue.Heartbeat(before, 0, "", null), await queue.Heartbeat(after, 0, "", null)));
    }

    [Fact]
    public async Task A_worker_whose_clock_is_a_little_behind_does_not_take_a_running_job()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, [Job.Queue(JobKind.Train, null, null, null, world.Now)]);
        var queue = world.Get<JobQueue>();
        await queue.Claim("here", [JobKind.Train]);
        world.Clock.AdjustTime(world.Now - TimeSpan.FromSeconds(20));
        Assert.Null(await queue.Claim("elsewhere", [JobKind.Train]));
    }

    [Fact]
    public async Task A_clock_that_jumps_back_a_year_does_not_bury_a_job()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, [Job.Queue(JobKind.Train, null, null, null, world.Now)]);
        var queue = world.Get<JobQueue>();
        await queue.Claim("dead", [JobKind.Train]);
        world.Clock.AdjustTime(world.Now - TimeSpan.FromDays(365));
        Assert.NotNull(await queue.Claim("alive", [JobKind.Train]));
    }

    [Fact]
    public async Task A_job_whose_worker_dies_every_time_fails_with_its_epoch_and_can_be_tried_again()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var job = (await scene.Jobs.Claim("dying", [JobKind.Train]))!;
            Assert.Equal(attempt, job.Attempt);
            await scene.Cycle.StartTraining(job);
            world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        }
        Assert.Null(await scene.Jobs.Claim("dying", [JobKind.Train]));
        Assert.Equal(EpochState.Failed, await scene.Read(db => db.Epochs.Select(e => e.State).SingleAsync()));
        await scene.Cycle.Retry(scene.Epoch.Id);
        Assert.Equal(1, (await scene.Jobs.Claim("fresh", [JobKind.Train]))!.Attempt);
    }

    [Fact]
    public async Task A_running_job_hears_of_its_cancelling_at_the_next_heartbeat()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, [Job.Queue(JobKind.Evaluate, null, null, null, world.Now)]);
        var queue = world.Get<JobQueue>();
        var job = (await queue.Claim("worker", [JobKind.Evaluate]))!;
        await using (var db = world.Open())
        {
            (await db.Jobs.SingleAsync()).Cancel(world.Now);
            await db.SaveChangesAsync();
        }
        Assert.Equal(HeartbeatResult.Cancel, await queue.Heartbeat(job, 0.5, "", null));
        Assert.True(await queue.Stop(job));
    }

    [Fact]
    public async Task A_job_given_back_at_shutdown_loses_no_attempt()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, [Job.Queue(JobKind.Evaluate, null, null, null, world.Now)]);
        var queue = world.Get<JobQueue>();
        await queue.GiveBack((await queue.Claim("worker", [JobKind.Evaluate]))!);
        Assert.Equal(1, (await queue.Claim("next", [JobKind.Evaluate]))!.Attempt);
    }

    [Fact]
    public async Task A_step_reported_twice_after_a_resume_keeps_the_newer_figures()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, [Job.Queue(JobKind.Train, null, null, null, world.Now)]);
        var queue = world.Get<JobQueue>();
        var job = (await queue.Claim("worker", [JobKind.Train]))!;
        await queue.Report(job, [new(job.Id, 1, "margin", 0.1), new(job.Id, 1, "dead", 0.5)], ["epoch 1"]);
        await queue.Report(job, [new(job.Id, 1, "margin", 0.2), new(job.Id, 2, "margin", 0.3)], ["resumed"]);
        await using var db = world.Open();
        Assert.Equal([0.5, 0.2, 0.3], await db.JobMetrics.OrderBy(m => m.Step).ThenBy(m => m.Name).Select(m => m.Value).ToListAsync());
        Assert.Equal(["epoch 1", "resumed"], await db.JobLines.OrderBy(l => l.Id).Select(l => l.Text).ToListAsync());
    }

    private static async Task Queue(World world, IEnumerable<Job> jobs)
    {
        await using var db = world.Open();
        db.AddRange(jobs);
        await db.SaveChangesAsync();
    }
}
