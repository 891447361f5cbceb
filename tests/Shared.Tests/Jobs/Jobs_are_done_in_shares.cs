using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Jobs;

[Collection(Databases.Collection)]
public sealed class Jobs_are_done_in_shares(Databases databases)
{
    private const int Groups = 6;

    [Theory, OnEachDatabase]
    public async Task Each_share_has_one_holder_and_the_last_of_them_ends_the_job(string database)
    {
        await using var world = await databases.World(database);
        var (scene, whole) = await Divided(world, shares: 3);
        await using var other = world.AnotherProcess();
        JobQueue[] queues = [scene.Jobs, other.GetRequiredService<JobQueue>()];
        var claimed = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => Task.Run(() => queues[n % 2].Claim($"worker {n}", [JobKind.Sample, JobKind.SampleShare]))));
        var shares = claimed.OfType<Job>().OrderBy(share => share.Share).ToList();
        Assert.Equal([1, 2, 3], shares.Select(share => share.Share));
        Assert.All(shares, share => Assert.Equal((whole.Id, whole.EpochId, JobKind.SampleShare), (share.ParentId, share.EpochId, share.Kind)));

        // One has done half of its two groups, one both, the last has not begun.
        await scene.AddGroup(shares[0], 0);
        Assert.Equal(HeartbeatResult.GoOn, await scene.Jobs.Heartbeat(shares[0], 0.5, "1 of 2 groups", 10));
        await scene.AddGroup(shares[1], 2);
        await scene.AddGroup(shares[1], 3);
        await scene.Cycle.FinishSampling(shares[1]);
        await scene.Jobs.Heartbeat(shares[2], 0, "loading the model", null);
        await scene.Jobs.Report(shares[2], [], ["loading"]);
        var job = await Whole(scene);
        Assert.Equal((JobState.Running, 0.5, "3 of 6 groups", 30.0), (job.State, job.Progress, job.Message, job.SecondsLeft));
        Assert.Equal(whole.Id, await scene.Read(db => db.JobLines.Select(line => line.JobId).SingleAsync()));
        Assert.Equal(EpochState.Sampling, await State(scene));

        await Finish(scene, shares[0], 0, 1);
        await Finish(scene, shares[2], 4, 5);
        job = await Whole(scene);
        Assert.Equal((JobState.Succeeded, 1.0, ""), (job.State, job.Progress, job.Message));
        Assert.Equal(EpochState.Labeling, await State(scene));
        Assert.Null(await scene.Jobs.Claim("late", [JobKind.Sample, JobKind.SampleShare]));
    }

    [Theory, OnEachDatabase]
    public async Task Two_workers_that_do_the_last_shares_at_once_end_the_job_once(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        for (var round = 0; round < 5; round++)
        {
            var (scene, whole) = await Divided(world, shares: 2);
            var (first, second) = (await Share(scene, "first"), await Share(scene, "second"));
            EpochCycle[] cycles = [scene.Cycle, other.GetRequiredService<EpochCycle>()];
            await Task.WhenAll(new[] { first, second }.Select((share, n) => Task.Run(() => cycles[n].FinishSampling(share))));
            var ended = await scene.Read(db => db.Jobs.SingleAsync(job => job.Id == whole.Id));
            Assert.Equal(JobState.Succeeded, ended.State);
            // The epoch can begin to be labeled only once; a second time would have thrown.
            Assert.Equal(EpochState.Labeling, await State(scene));
        }
    }

    [Theory, OnEachDatabase]
    public async Task A_dead_workers_share_is_taken_over_with_what_it_has_and_the_dead_one_writes_nothing_more(string database)
    {
        await using var world = await databases.World(database);
        var (scene, _) = await Divided(world, shares: 1);
        var dead = await Share(scene, "dead");
        await scene.AddGroup(dead, 0);
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        var next = await Share(scene, "next");
        Assert.Equal((dead.Id, 2), (next.Id, next.Attempt));

        Assert.Equal(HeartbeatResult.Lost, await scene.Jobs.Heartbeat(dead, 1, "", null));
        await Assert.ThrowsAsync<JobLostException>(() => scene.AddGroup(dead, 1));
        await Assert.ThrowsAsync<JobLostException>(() => scene.Cycle.FinishSampling(dead));
        Assert.False(await scene.Jobs.Fail(dead, "too late"));
        Assert.Equal([0], await Numbers(scene));

        // What is there is not made twice.
        await Finish(scene, next, [.. Enumerable.Range(0, Groups)]);
        Assert.Equal(Enumerable.Range(0, Groups), await Numbers(scene));
        Assert.Equal(EpochState.Labeling, await State(scene));
    }

    [Theory, OnEachDatabase]
    public async Task Canceling_the_epoch_ends_all_shares(string database)
    {
        await using var world = await databases.World(database);
        var (scene, whole) = await Divided(world, shares: 3);
        var share = await Share(scene, "worker");
        await scene.AddGroup(share, 0);

        await scene.Cycle.Cancel(scene.Epoch.Id);

        Assert.Null(await scene.Jobs.Claim("another", [JobKind.Sample, JobKind.SampleShare]));
        Assert.Equal(HeartbeatResult.Cancel, await scene.Jobs.Heartbeat(share, 0.5, "", null));
        await Assert.ThrowsAsync<JobLostException>(() => scene.AddGroup(share, 1));
        Assert.True(await scene.Jobs.Stop(share));
        Assert.All(await scene.Read(db => db.Jobs.ToListAsync()), job => Assert.Equal(JobState.Cancelled, job.State));
        // With the group that was there people go on.
        Assert.Equal(EpochState.Labeling, await State(scene));
        Assert.NotEqual(0, whole.Id);
    }

    [Theory, OnEachDatabase]
    public async Task A_share_that_fails_fails_the_job_and_the_epoch_with_its_reason_and_the_next_try_makes_what_is_missing(string database)
    {
        await using var world = await databases.World(database);
        var (scene, whole) = await Divided(world, shares: 3);
        var (failing, going) = (await Share(scene, "failing"), await Share(scene, "going"));
        await scene.AddGroup(going, 2);

        Assert.True(await scene.Jobs.Fail(failing, "the model is damaged"));

        var ended = await Whole(scene);
        Assert.Equal((JobState.Failed, "the model is damaged"), (ended.State, ended.Error));
        Assert.Equal("the model is damaged", await scene.Read(db => db.Epochs.Select(e => e.Error).SingleAsync()));
        Assert.Equal(HeartbeatResult.Cancel, await scene.Jobs.Heartbeat(going, 0.5, "", null));

        // Tried again while the other worker has not heard yet that it is to stop.
        await scene.Cycle.Retry(scene.Epoch.Id);
        var again = (await scene.Jobs.Claim("again", [JobKind.Sample]))!;
        Assert.Equal(whole.Id, again.Id);
        await scene.Jobs.Divide(again, new { }, Groups, [new(new { }, Groups - 1, "")]);
        var share = await Share(scene, "again");
        await Finish(scene, share, 0, 1, 3, 4, 5);
        Assert.Equal((EpochState.Labeling, JobState.Succeeded), (await State(scene), (await Whole(scene)).State));
        Assert.True(await scene.Jobs.Stop(going));
        Assert.Equal(Enumerable.Range(0, Groups), await Numbers(scene));
    }

    [Theory, OnEachDatabase]
    public async Task A_share_whose_workers_die_every_time_fails_the_epoch(string database)
    {
        await using var world = await databases.World(database);
        var (scene, _) = await Divided(world, shares: 2);
        for (var attempt = 1; attempt <= Job.AttemptsOfShare; attempt++)
        {
            Assert.Equal(attempt, (await Share(scene, "dying")).Attempt);
            world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        }

        // The next one to ask finds the other share called off with it.
        Assert.Null(await scene.Jobs.Claim("next", [JobKind.SampleShare]));

        Assert.Equal(EpochState.Failed, await State(scene));
        Assert.Contains("stopped without a word 6 times", (await Whole(scene)).Error, StringComparison.Ordinal);
    }

    [Theory, OnEachDatabase]
    public async Task A_share_that_a_project_binds_to_a_device_is_not_for_the_worker_of_another(string database)
    {
        await using var world = await databases.World(database);
        var (scene, _) = await Divided(world, shares: 1, device: "cuda:0");
        Assert.Null(await scene.Jobs.Claim("of cuda:1", [JobKind.SampleShare], anyDevice: false));
        Assert.NotNull(await scene.Jobs.Claim("of all", [JobKind.SampleShare]));
    }

    [Fact]
    public async Task A_job_that_was_being_sampled_by_an_older_version_goes_on_in_shares()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Begun(world);
        var old = (await scene.Jobs.Claim("older", [JobKind.Sample]))!;
        await scene.AddGroup(old, 0);
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));

        var next = (await scene.Jobs.Claim("newer", [JobKind.Sample]))!;
        await scene.Jobs.Divide(next, new { }, Groups, [new(new { }, Groups - 1, "")]);

        Assert.Equal(HeartbeatResult.Lost, await scene.Jobs.Heartbeat(old, 1, "", null));
        await Finish(scene, await Share(scene, "newer"), 1, 2, 3, 4, 5);
        Assert.Equal(Enumerable.Range(0, Groups), await Numbers(scene));
        Assert.Equal(EpochState.Labeling, await State(scene));
    }

    [Fact]
    public async Task What_is_learned_does_not_depend_on_which_group_came_first()
    {
        var manifests = new List<Manifest>();
        foreach (int[] numbers in new int[][] { [0, 1, 2, 3, 4, 5], [4, 5, 0, 1, 3, 2] })
        {
            await using var world = await databases.World(Databases.Sqlite);
            var (scene, _) = await Divided(world, shares: 1, new() { Training = new() { AcrossGroups = true } });
            await Finish(scene, await Share(scene, "worker"), numbers);
            // The same is said about the same pictures, all flags alike in two groups.
            await scene.VoteAll(Guid.NewGuid(), lease => Scene.Flag([.. Enumerable.Range(0, 1 + (lease.Item!.Group!.Number / 2))]));
            manifests.Add((await scene.Cycle.DryRun(scene.Epoch.Id)).Manifest);
        }
        var (one, two) = (manifests[0], manifests[1]);
        Assert.Equal(Groups, one.Groups.Count);
        Assert.Equal(one.Groups.Select(Taught(one)), two.Groups.Select(Taught(two)));
        Assert.NotEqual(one.Groups.Select(group => group.Id), two.Groups.Select(group => group.Id));

        static Func<ManifestGroup, string> Taught(Manifest manifest) => group => $"{group.Seed} {group.Trajectory} {string.Join(' ', group.Images)} "
            + string.Join(' ', group.Preferences.Select(pair => $"{pair.Winner}>{pair.Loser} of {manifest.Groups.FirstOrDefault(of => of.Id == pair.LoserGroup)?.Seed} by {pair.Weight}"));
    }

    [Theory]
    [InlineData(1, 1, 1, "0+1")]
    [InlineData(10, 4, 10, "0+4 4+4 8+2")]
    [InlineData(100, 1, 100, "25 shares of 4")]
    [InlineData(320, 4, 330, "27 shares of 12")]
    public void A_job_is_cut_alike_whoever_does_it(int count, int together, int all, string expected)
    {
        var cuts = ShareOrder.Cut(count, together, all).ToList();
        Assert.Equal(expected, cuts.Count > 3 ? $"{cuts.Count} shares of {cuts[0].Count}" : string.Join(' ', cuts.Select(cut => $"{cut.First}+{cut.Count}")));
        Assert.Equal(Enumerable.Range(0, count), cuts.SelectMany(cut => Enumerable.Range(cut.First, cut.Count)));
        Assert.All(cuts, cut => Assert.Equal(0, cut.First % together));
    }

    private static async Task<Scene> Begun(World world, ProjectSettings? settings = null)
    {
        settings = (settings ?? new()) with { ImagesPerEpoch = Groups * 7, EvaluationImages = 0 };
        var project = Project.Create("Shared", LabelingTask.FlagBatch, settings, world.Now);
        project.UsePrompts(["a hand"]);
        await using (var db = world.Open())
        {
            await project.TakeFreeSlug(db);
            db.Add(project);
            await db.SaveChangesAsync();
        }
        return Scene.Begun(world, project, await world.Get<EpochCycle>().Start(project.Id, null));
    }

    private static async Task<(Scene Scene, Job Whole)> Divided(World world, int shares, ProjectSettings? settings = null, string device = "")
    {
        var scene = await Begun(world, settings);
        var whole = (await scene.Jobs.Claim("first", [JobKind.Sample]))!;
        await scene.Jobs.Divide(whole, new { }, Groups, [.. Enumerable.Range(0, shares).Select(n => new ShareOrder(new { n }, Groups / shares, device))]);
        return (scene, whole);
    }

    private static async Task<Job> Share(Scene scene, string worker) => (await scene.Jobs.Claim(worker, [JobKind.SampleShare]))!;

    private static async Task Finish(Scene scene, Job share, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            await scene.AddGroup(share, number);
        }
        await scene.Cycle.FinishSampling(share);
    }

    private static Task<Job> Whole(Scene scene) => scene.Read(db => db.Jobs.SingleAsync(job => job.Kind == JobKind.Sample));

    private static Task<EpochState> State(Scene scene) => scene.Read(db => db.Epochs.Where(e => e.Id == scene.Epoch.Id).Select(e => e.State).SingleAsync());

    private static Task<List<int>> Numbers(Scene scene) =>
        scene.Read(db => db.Groups.Where(g => g.Use == GroupUse.Labeling).OrderBy(g => g.Number).Select(g => g.Number).ToListAsync());
}
