using System.Text.Json;
using Labeler.Shared.Automation;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Labeler.Shared.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Webhooks;

[Collection(Databases.Collection)]
public sealed class What_happens_is_told(Databases databases)
{
    private static readonly EventKind[] All = [.. EventKinds.All.Select(one => one.Kind)];

    [Theory, OnEachDatabase]
    public async Task Each_step_of_an_epoch_once_and_with_what_it_is_about(string database)
    {
        await using var world = await databases.World(database);
        await Hook(world, null, All);
        var scene = await Scene.Sampled(world, groups: 2);
        var readiness = new EpochReadiness(world.Contexts, world.Clock);
        await readiness.Look();
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await readiness.Look();
        await readiness.Look();
        await scene.Learn(scene.Epoch, groups: 1);
        await scene.Cycle.RollBack(scene.Project.Id, null);

        var told = await Told(world);
        Assert.Equal([EventKind.EpochSampled, EventKind.EpochReady, EventKind.EpochTrained, EventKind.EpochSampled, EventKind.EpochRolledBack], told.Select(one => one.Kind));
        var trained = JsonDocument.Parse(told[2].Body).RootElement;
        Assert.Equal(("epoch.trained", world.Now), (trained.GetProperty("type").GetString(), trained.GetProperty("timestamp").GetDateTimeOffset()));
        var data = trained.GetProperty("data");
        Assert.Equal((scene.Project.Id, scene.Project.Slug), (data.GetProperty("project").GetProperty("id").GetInt64(), data.GetProperty("project").GetProperty("slug").GetString()));
        var checkpoint = await scene.Read(db => db.Checkpoints.Select(c => c.Id).SingleAsync());
        Assert.Equal((1, checkpoint, 12), (data.GetProperty("about").GetProperty("epoch").GetInt32(), data.GetProperty("about").GetProperty("checkpoint").GetInt64(), data.GetProperty("about").GetProperty("signal").GetInt32()));
        Assert.Equal([1, 2], JsonDocument.Parse(told[4].Body).RootElement.GetProperty("data").GetProperty("about").GetProperty("epochs").EnumerateArray().Select(number => number.GetInt32()).Order());
    }

    [Theory, OnEachDatabase]
    public async Task What_is_undone_is_not_told_and_what_is_told_is_done(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        await Hook(world, null, All);
        await Assert.ThrowsAsync<TimeoutException>(() => world.Contexts.Write<int>(LockScope.Epoch, scene.Project.Id, async db =>
        {
            (await db.Epochs.SingleAsync()).BecomeReady(7, world.Now);
            await db.SaveChangesAsync();
            Assert.Equal(1, await db.Deliveries.CountAsync());
            throw new TimeoutException();
        }));
        Assert.Empty(await Told(world));
        Assert.Null(await scene.Read(db => db.Epochs.Select(e => e.ReadyAt).SingleAsync()));

        // Without a transaction of the caller's there is one all the same: where the message cannot be written, nothing is.
        await using (var db = world.Open())
        {
            await db.Database.ExecuteSqlRawAsync("""ALTER TABLE "WebhookDeliveries" RENAME TO "Elsewhere" """);
            (await db.Epochs.SingleAsync()).BecomeReady(7, world.Now);
            await Assert.ThrowsAnyAsync<Exception>(() => db.SaveChangesAsync());
        }
        Assert.Null(await scene.Read(db => db.Epochs.Select(e => e.ReadyAt).SingleAsync()));
    }

    [Fact]
    public async Task A_step_that_fails_is_told_with_its_error()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Hook(world, null, EventKind.EpochFailed);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        await scene.Cycle.StartTraining(job);
        await scene.Jobs.Fail(job, "the loss is not finite");
        var about = JsonDocument.Parse(Assert.Single(await Told(world)).Body).RootElement.GetProperty("data").GetProperty("about");
        Assert.Equal(("the loss is not finite", "training"), (about.GetProperty("error").GetString(), about.GetProperty("from").GetString()));
    }

    [Fact]
    public async Task An_export_that_is_done_is_told_and_one_that_fails_or_another_job_is_not()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Hook(world, null, EventKind.ExportDone);
        var scene = await Scene.Sampled(world, groups: 1);
        foreach (var (kind, succeeds) in new[] { (JobKind.Export, false), (JobKind.Caption, true), (JobKind.Export, true) })
        {
            await using (var db = world.Open())
            {
                db.Add(Job.Queue(kind, scene.Project.Id, null, null, world.Now));
                await db.SaveChangesAsync();
            }
            var job = (await scene.Jobs.Claim("worker", [kind]))!;
            Assert.True(succeeds ? await scene.Jobs.Succeed(job) : await scene.Jobs.Fail(job, "no space"));
        }
        var done = await scene.Read(db => db.Jobs.Where(job => job.Kind == JobKind.Export).MaxAsync(job => job.Id));
        Assert.Equal(done, JsonDocument.Parse(Assert.Single(await Told(world)).Body).RootElement.GetProperty("data").GetProperty("about").GetProperty("job").GetInt64());
    }

    [Fact]
    public async Task Nobody_is_told_of_what_they_did_not_choose_of_another_project_or_while_they_are_switched_off()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var other = await Scene.Sampled(world, groups: 1, LabelingTask.Score, new() { Choices = Scale.Labels });
        var scene = await Scene.Sampled(world, groups: 1);
        await Hook(world, scene.Project.Id, EventKind.EpochSampled);
        await Hook(world, other.Project.Id, EventKind.EpochReady);
        await Hook(world, scene.Project.Id, [EventKind.EpochReady], webhook => webhook.SwitchOff());
        var gaveUp = await Hook(world, scene.Project.Id, [EventKind.EpochReady], webhook => webhook.GiveUp("it is gone"));
        await world.Contexts.Write(LockScope.Epoch, scene.Project.Id, async db =>
        {
            (await db.Epochs.SingleAsync(e => e.ProjectId == scene.Project.Id)).BecomeReady(7, world.Now);
            return await db.SaveChangesAsync();
        });
        // It waits for the one that gave up, until somebody switches it on.
        Assert.Equal((gaveUp, DeliveryState.Waiting), Assert.Single((await Told(world)).Select(one => (one.WebhookId, one.State))));
    }

    [Fact]
    public async Task An_epoch_that_trains_by_itself_before_anybody_looked_was_ready_all_the_same()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Hook(world, null, EventKind.EpochReady);
        var scene = await Scene.Sampled(world, groups: 1, settings: new() { TrainAutomatically = true });
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        Assert.Single(await world.Get<AutomaticTraining>().GoOn());
        await new EpochReadiness(world.Contexts, world.Clock).Look();
        Assert.Equal(EventKind.EpochReady, Assert.Single(await Told(world)).Kind);
    }

    [Fact]
    public async Task A_project_s_own_rule_that_goes_back_is_told_with_its_reason()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Hook(world, null, EventKind.GateRefused, EventKind.EpochRolledBack);
        var scene = await Scene.Sampled(world, groups: 10, settings: new() { RollBackWhenWorse = true, Anchors = 0, SignalBudget = 100_000 });
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.Learn(scene.Epoch, groups: 10);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1, 2, 3, 4));
        await world.Get<AutomaticTraining>().GoOn();
        var told = await Told(world);
        Assert.Equal([EventKind.EpochRolledBack, EventKind.GateRefused], told.Select(one => one.Kind).Order());
        Assert.Contains("clearly worse", told.Single(one => one.Kind == EventKind.GateRefused).Body, StringComparison.Ordinal);
    }

    [Theory, OnEachDatabase]
    public async Task Somebody_who_falls_below_the_project_s_mark_of_right_answers_is_told_of_once(string database)
    {
        await using var world = await databases.World(database);
        await Hook(world, null, EventKind.GoldBelow);
        var scene = await Scene.Sampled(world, groups: 14, settings: new() { GoldPercent = 80 });
        await using (var db = world.Open())
        {
            foreach (var item in await db.Items.ToListAsync())
            {
                item.MakeGold(Scene.Flag(3));
            }
            await db.SaveChangesAsync();
        }
        var (careless, careful) = (await scene.Person("Careless"), await scene.Person("Careful"));
        await Answer(scene, careful.Id, right: 14);
        Assert.Empty(await Told(world));
        await Answer(scene, careless.Id, right: 8);
        // 8 of 10 are on the mark, 8 of 11 below it, and so on.
        var about = JsonDocument.Parse(Assert.Single(await Told(world)).Body).RootElement.GetProperty("data").GetProperty("about");
        Assert.Equal(("Careless", 8, 11, 80), (about.GetProperty("name").GetString(), about.GetProperty("right").GetInt32(), about.GetProperty("of").GetInt32(), about.GetProperty("percent").GetInt32()));
    }

    // All known items, more of which than the queue would give in a short time.
    private static async Task Answer(Scene scene, Guid person, int right)
    {
        foreach (var (item, n) in (await scene.Read(db => db.Items.OrderBy(i => i.Id).Select(i => i.Id).ToListAsync())).Select((item, n) => (item, n)))
        {
            await using (var db = scene.World.Open())
            {
                db.Add(new Lease(item, person, true, scene.World.Now));
                await db.SaveChangesAsync();
            }
            Assert.Equal(Outcome.Accepted, (await scene.Vote(person, item, n < right ? Scene.Flag(3) : Scene.Flag(5))).Outcome);
        }
    }

    private static Task<long> Hook(World world, long? project, params EventKind[] events) => Hook(world, project, events, _ => { });

    private static async Task<long> Hook(World world, long? project, EventKind[] events, Action<Webhook> then)
    {
        var webhook = new Webhook(project, "a program", "https://example.com/told", events, "", null, world.Now);
        then(webhook);
        await using var db = world.Open();
        db.Add(webhook);
        await db.SaveChangesAsync();
        return webhook.Id;
    }

    // They are of one moment here, so in the order in which they were written.
    private static async Task<List<Delivery>> Told(World world)
    {
        await using var db = world.Open();
        return await db.Deliveries.FromSqlRaw(db.Database.IsSqlite() ? """SELECT * FROM "WebhookDeliveries" ORDER BY rowid""" : """SELECT * FROM "WebhookDeliveries" ORDER BY ctid""").AsNoTracking().ToListAsync();
    }
}
