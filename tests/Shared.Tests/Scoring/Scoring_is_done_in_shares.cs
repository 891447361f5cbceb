using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Scoring;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Scoring;

[Collection(Databases.Collection)]
public sealed class Scoring_is_done_in_shares(Databases databases)
{
    // Of three groups.
    private const int Pictures = 21;

    [Theory, OnEachDatabase]
    public async Task Each_picture_is_asked_about_once_and_the_job_tells_what_all_shares_have(string database)
    {
        await using var world = await databases.World(database);
        var (scene, whole, order) = await Divided(world, shares: 3);
        await using var other = world.AnotherProcess();
        var (first, second) = (await Share(scene.Jobs, "first"), await Share(other.GetRequiredService<JobQueue>(), "second"));
        Assert.Equal((7, 7), (await Keep(world, first), await Keep(world, second, 4)));
        Assert.Null(await Scoring(world).Finish(first, null));
        await scene.Jobs.Heartbeat(second, 4 / 7.0, "4 of 7 pictures", 10);
        var running = await Read(scene, whole);
        Assert.Equal((JobState.Running, "11 of 21 pictures", Pictures), (running.State, running.Message, running.Pieces));
        // What it is about can be read as before, by whoever looks whether a reward is busy.
        Assert.Equal((order.Reward, order.Taught), (running.Read<ScoreOrder>().Reward, running.Read<ScoreOrder>().Taught));
        Assert.Null(await Scoring(world).Queue(scene.Project.Id, scene.Epoch.Id, order.Reward, order.Taught));

        // Another goes on where one has died, with the pictures that have no score, and the dead one writes nothing more.
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        var next = await Share(scene.Jobs, "next");
        Assert.Equal((second.Id, 2), (next.Id, next.Attempt));
        await Assert.ThrowsAsync<JobLostException>(() => Keep(world, second));
        await Assert.ThrowsAsync<JobLostException>(() => Scoring(world).Finish(second, null));
        Assert.Equal(3, await Keep(world, next));
        await Scoring(world).Finish(next, null);
        var last = await Share(scene.Jobs, "last");
        await Keep(world, last);
        await Scoring(world).Finish(last, null);

        Assert.Equal((JobState.Succeeded, 1.0, null), Ended(await Read(scene, whole)));
        var scores = await scene.Read(db => db.ImageScores.OrderBy(score => score.ImageId).ToListAsync());
        Assert.Equal(await scene.Read(db => db.Images.OrderBy(image => image.Id).Select(image => image.Id).ToListAsync()), scores.Select(score => score.ImageId));
        Assert.All(scores, score => Assert.Equal(score.ImageId, score.Value));
        Assert.Null(await scene.Jobs.Claim("late", [JobKind.Score, JobKind.ScoreShare]));
        Assert.Null(await Scoring(world).Queue(scene.Project.Id, scene.Epoch.Id, order.Reward, order.Taught));
    }

    [Theory, OnEachDatabase]
    public async Task What_a_reward_could_not_be_asked_about_fails_the_job_when_the_others_are_done_and_is_all_that_the_next_one_asks(string database)
    {
        await using var world = await databases.World(database);
        var (scene, whole, order) = await Divided(world, shares: 3);
        var shares = new[] { await Share(scene.Jobs, "one"), await Share(scene.Jobs, "two"), await Share(scene.Jobs, "three") };
        await Keep(world, shares[0], 6);
        Assert.Equal("bright gave no score for 1 of 7 pictures: the picture is too large. What it gave is kept.", await Scoring(world).Finish(shares[0], "the picture is too large"));
        Assert.Equal(JobState.Running, (await Read(scene, whole)).State);
        Assert.Equal(HeartbeatResult.GoOn, await scene.Jobs.Heartbeat(shares[1], 0, "", null));
        await Keep(world, shares[1], 5);
        await Scoring(world).Finish(shares[1], "no answer");
        await Keep(world, shares[2]);
        Assert.Null(await Scoring(world).Finish(shares[2], null));

        var why = "bright gave no score for 3 of 21 pictures: the picture is too large. What it gave is kept.";
        Assert.Equal((JobState.Failed, why), ((await Read(scene, whole)).State, (await Read(scene, whole)).Error));
        Assert.Equal([JobState.Failed, JobState.Failed, JobState.Succeeded], await scene.Read(db => db.Jobs.Where(job => job.Kind == JobKind.ScoreShare).OrderBy(job => job.Id).Select(job => job.State).ToListAsync()));
        Assert.Equal(EpochState.Labeling, await scene.Read(db => db.Epochs.Select(epoch => epoch.State).SingleAsync()));

        Assert.NotNull(await Scoring(world).Queue(scene.Project.Id, scene.Epoch.Id, order.Reward, order.Taught));
        var again = (await scene.Jobs.Claim("again", [JobKind.Score]))!;
        Assert.Equal(3, await Keep(world, again));
        Assert.Null(await Scoring(world).Finish(again, null));
        Assert.Equal(JobState.Succeeded, (await Read(scene, again)).State);
    }

    [Theory, OnEachDatabase]
    public async Task A_share_that_cannot_go_on_fails_the_job_at_once_and_what_was_scored_stays(string database)
    {
        await using var world = await databases.World(database);
        var (scene, whole, _) = await Divided(world, shares: 3);
        var (failing, going) = (await Share(scene.Jobs, "failing"), await Share(scene.Jobs, "going"));
        await Keep(world, going, 2);

        Assert.True(await scene.Jobs.Fail(failing, "the key is wrong"));

        Assert.Equal((JobState.Failed, 0.0, "the key is wrong"), Ended(await Read(scene, whole)));
        Assert.Equal(HeartbeatResult.Cancel, await scene.Jobs.Heartbeat(going, 0.5, "", null));
        await Assert.ThrowsAsync<JobLostException>(() => Keep(world, going));
        Assert.Null(await scene.Jobs.Claim("another", [JobKind.ScoreShare]));
        Assert.Equal(2, await scene.Read(db => db.ImageScores.CountAsync()));
        // People go on with the epoch: its scores are beside it.
        Assert.Equal(EpochState.Labeling, await scene.Read(db => db.Epochs.Select(epoch => epoch.State).SingleAsync()));
    }

    [Theory, OnEachDatabase]
    public async Task Going_back_behind_the_epoch_ends_all_shares(string database)
    {
        await using var world = await databases.World(database);
        var (scene, _, _) = await Divided(world, shares: 3);
        var share = await Share(scene.Jobs, "worker");
        await Keep(world, share, 2);

        await scene.Cycle.RollBack(scene.Project.Id, null);

        Assert.Equal(HeartbeatResult.Cancel, await scene.Jobs.Heartbeat(share, 0.5, "", null));
        await Assert.ThrowsAsync<JobLostException>(() => Keep(world, share));
        Assert.True(await scene.Jobs.Stop(share));
        Assert.Null(await scene.Jobs.Claim("another", [JobKind.Score, JobKind.ScoreShare]));
        Assert.All(await scene.Read(db => db.Jobs.Where(job => job.Kind != JobKind.Sample).ToListAsync()), job => Assert.Equal(JobState.Cancelled, job.State));
    }

    [Theory, OnEachDatabase]
    public async Task Of_two_that_do_the_last_shares_at_once_one_ends_the_job_and_knows_what_the_other_lacked(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        var (scene, whole, _) = await Divided(world, shares: 2);
        var shares = new[] { await Share(scene.Jobs, "first"), await Share(scene.Jobs, "second") };
        await Keep(world, shares[0]);
        ScoringWorkflow[] scorings = [Scoring(world), other.GetRequiredService<ScoringWorkflow>()];
        await Task.WhenAll(shares.Select((share, n) => Task.Run(() => scorings[n].Finish(share, n == 0 ? null : "no answer"))));
        Assert.Equal((JobState.Failed, "bright gave no score for 10 of 21 pictures: no answer. What it gave is kept."), ((await Read(scene, whole)).State, (await Read(scene, whole)).Error));
    }

    // A scoring of all pictures, cut as a worker cuts it.
    private static async Task<(Scene Scene, Job Whole, ScoreOrder Order)> Divided(World world, int shares)
    {
        var scene = await Scene.Sampled(world, groups: 2, evaluations: 1);
        var reward = new Reward("bright", RewardKind.Endpoint, new() { Address = "http://127.0.0.1:9/score" }, null, "Ada", world.Now);
        reward.TakeIntoUse(1, world.Now);
        await using var db = world.Open();
        db.Add(reward);
        await db.SaveChangesAsync();
        Assert.NotNull(await Scoring(world).Queue(scene.Project.Id, scene.Epoch.Id, reward.Id, taught: true));
        var whole = (await scene.Jobs.Claim("cutter", [JobKind.Score]))!;
        var images = (await Scoring(world).Read(whole)).Images;
        Assert.Equal(Pictures, images.Count);
        var order = whole.Read<ScoreOrder>();
        await scene.Jobs.Divide(whole, order with { Within = new(images[0].Id, images[^1].Id) }, Pictures,
            [.. images.Chunk((Pictures + shares - 1) / shares).Select(some => new ShareOrder(order with { Within = new(some[0].Id, some[^1].Id) }, some.Length, ""))]);
        return (scene, whole, order);
    }

    private static async Task<Job> Share(JobQueue jobs, string worker) => (await jobs.Claim(worker, [JobKind.ScoreShare]))!;

    /// <summary>Scores some of a share's pictures, each by its id.</summary>
    /// <returns>How many were still to be scored.</returns>
    private static async Task<int> Keep(World world, Job share, int most = Pictures)
    {
        var images = (await Scoring(world).Read(share)).Images;
        await Scoring(world).Keep(share, [.. images.Take(most).Select(image => (image.Id, (double?)image.Id))]);
        return images.Count;
    }

    private static (JobState State, double Progress, string? Error) Ended(Job job) => (job.State, job.Progress, job.Error);

    private static ScoringWorkflow Scoring(World world) => world.Get<ScoringWorkflow>();

    private static Task<Job> Read(Scene scene, Job job) => scene.Read(db => db.Jobs.SingleAsync(one => one.Id == job.Id));
}
