using System.Text;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Backups;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Retention;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Retention;

[Collection(Databases.Collection)]
public sealed class What_nothing_needs_goes(Databases databases)
{
    private static readonly RetentionSettings Month = new() { TrajectoryDays = 30, OptimizerDays = 30, CheckpointDays = 30, ThumbnailDays = 30, VoteDays = 30 };

    [Theory, OnEachDatabase]
    public async Task And_after_it_training_going_back_lineage_gallery_figures_and_backup_work_as_before(string database)
    {
        await using var world = await databases.World(database);
        var (scene, now) = await Story(world);
        world.Clock.Advance(TimeSpan.FromDays(40));
        await File.WriteAllTextAsync(Thumbnail(world, "old"), "made long ago");
        File.SetLastWriteTimeUtc(Thumbnail(world, "old"), world.Now.AddDays(-31).UtcDateTime);
        await File.WriteAllTextAsync(Thumbnail(world, "new"), "made today");
        File.SetLastWriteTimeUtc(Thumbnail(world, "new"), world.Now.UtcDateTime);
        var line = await scene.Read(db => db.Checkpoints.Where(c => c.RolledBackAt == null).Select(c => c.Id).SingleAsync());
        var votes = await scene.Read(async db => await (await CheckpointLineage.Votes(db, line)).Select(v => v.Id).OrderBy(id => id).ToListAsync());
        var rates = await scene.Read(db => EpochRates.Read(db, scene.Project.Id));
        var before = await world.Files.All().CountAsync();

        // What is told before is what is done, and being told of it does nothing.
        var plan = await Plan(world, Month);
        Assert.Equal(before, await world.Files.All().CountAsync());
        Assert.Equal([("Trajectories", 4L), ("Optimizer states", 1L), ("Weights of rolled back checkpoints", 1L), ("Pictures as browsers got them", 1L), ("Votes of people who withdrew", 0L)], plan.Select(one => (one.Rule, one.Count)));
        Assert.Equal(plan, await world.Get<RetentionRun>().Apply(Month));
        Assert.Equal(before - 6, await world.Files.All().CountAsync());
        Assert.Equal(["new"], Directory.GetFiles(world.Get<DataFolder>().Delivered).Select(Path.GetFileName));
        Assert.All(await Plan(world, Month), one => Assert.Equal(0, one.Count));

        // Nothing that is named is missing, so that the doctor and a backup find all.
        await Assert.AllAsync((await scene.Read(db => FileReferences.Read(db))).Keys, async hash => Assert.True(await world.Files.Has(hash)));
        Assert.Empty((await world.Get<WholeBackup>().Write(Path.Combine(world.Folder, "all.backup"), _ => { })).Faults);
        await Assert.AllAsync(await scene.Read(db => db.Images.Select(image => image.ContentHash).ToListAsync()), async hash => Assert.True(await world.Files.Has(hash)));
        Assert.Equal(rates.Select(rate => rate.Normal), (await scene.Read(db => EpochRates.Read(db, scene.Project.Id))).Select(rate => rate.Normal));
        Assert.Equal(votes, await scene.Read(async db => await (await CheckpointLineage.Votes(db, line)).Select(v => v.Id).OrderBy(id => id).ToListAsync()));

        // Training goes on with the optimizer of the checkpoint that samples, on trajectories that are there.
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(2));
        var frozen = await scene.Cycle.DryRun(now.Id);
        Assert.NotNull(frozen.Manifest.Optimizer);
        await Assert.AllAsync([frozen.Manifest.Optimizer!, frozen.Manifest.Reference!, .. frozen.Manifest.Groups.Select(group => group.Trajectory!)], async hash => Assert.True(await world.Files.Has(hash)));
        await scene.Cycle.Train(now.Id, frozen.Hash);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        Assert.Single(await scene.Cycle.Before(job, await scene.Cycle.StartTraining(job)));
        Assert.NotNull(await scene.Cycle.Complete(job, AdapterKind.Lora, await world.Files.Put("another adapter"u8.ToArray()), null));
        // One can go back along the line and to the base model, and is told where one cannot.
        Assert.Equal(line, (await scene.Cycle.RollBack(scene.Project.Id, line)).SampledById);
        Assert.Null((await scene.Cycle.RollBack(scene.Project.Id, null)).SampledById);
        var gone = await scene.Read(db => db.Checkpoints.Where(c => c.WeightsFreedAt != null).Select(c => c.Id).SingleAsync());
        Assert.Contains("removed", (await Assert.ThrowsAsync<LabelerException>(() => scene.Cycle.RollBack(scene.Project.Id, gone))).Message, StringComparison.Ordinal);
        Assert.Equal(2, (await scene.Read(db => CheckpointLineage.Line(db, gone))).Count);
    }

    [Fact]
    public async Task Nothing_goes_without_a_rule_nor_before_its_time()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Story(world);
        world.Clock.Advance(TimeSpan.FromDays(29));
        var before = await world.Files.All().Select(file => file.Hash).Order().ToListAsync();
        Assert.Empty(await Plan(world, new()));
        await world.Get<RetentionRun>().Apply(new());
        Assert.All(await world.Get<RetentionRun>().Apply(Month), one => Assert.Equal(0, one.Count));
        Assert.Equal(before, await world.Files.All().Select(file => file.Hash).Order().ToListAsync());
    }

    [Fact]
    public async Task What_an_epoch_under_way_a_standing_line_or_an_evaluation_needs_stays_however_old_it_is()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1, settings: new() { Training = new() { KeepOptimizer = true } });
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        var second = await Learn(scene, scene.Epoch);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        // Somebody goes back, and then to what was rolled back: that one samples now, and comes from the first.
        var rolledBack = (await Learn(scene, second)).SampledById!.Value;
        await scene.Cycle.RollBack(scene.Project.Id, null);
        var now = await scene.Cycle.RollBack(scene.Project.Id, rolledBack);
        world.Clock.Advance(TimeSpan.FromDays(400));
        var needed = await scene.Read(db => db.Checkpoints.Select(c => c.WeightsHash).ToListAsync());
        Assert.Equal(2, needed.Count);
        await world.Get<RetentionRun>().Apply(Month with { TrajectoryDays = 1, OptimizerDays = 1, CheckpointDays = 1 });
        await Assert.AllAsync(needed, async hash => Assert.True(await world.Files.Has(hash)));
        Assert.True(await world.Files.Has((await scene.Read(db => db.Checkpoints.SingleAsync(c => c.Id == rolledBack))).KeptOptimizer!));
        // One that was frozen and failed can be tried again with all it was frozen with.
        await scene.Sample(now, 1);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.Cycle.Train(now.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        var manifest = await scene.Cycle.StartTraining(job);
        await scene.Jobs.Fail(job, "no power");
        world.Clock.Advance(TimeSpan.FromDays(400));
        await world.Get<RetentionRun>().Apply(Month);
        await Assert.AllAsync([manifest.Reference!, manifest.Optimizer!, .. manifest.Groups.Select(group => group.Trajectory!)], async hash => Assert.True(await world.Files.Has(hash)));
        await scene.Cycle.Retry(now.Id);
    }

    [Fact]
    public async Task A_file_that_something_else_names_stays_and_what_an_interrupted_run_left_goes_with_the_next()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Story(world);
        world.Clock.Advance(TimeSpan.FromDays(40));
        string shared, left;
        await using (var db = world.Open())
        {
            var groups = await db.Groups.Where(g => g.TrajectoryHash != null).OrderBy(g => g.Id).ToListAsync();
            shared = groups[0].TrajectoryHash!;
            left = groups[1].TrajectoryHash!;
            // The newest group, whose epoch is being labeled, has the same file as the oldest.
            db.Entry(groups[^1]).Property(g => g.TrajectoryHash).CurrentValue = shared;
            db.Entry(groups[1]).Property(g => g.TrajectoryFreedAt).CurrentValue = world.Now;
            await db.SaveChangesAsync();
        }
        await world.Get<RetentionRun>().Apply(Month);
        Assert.True(await world.Files.Has(shared));
        Assert.False(await world.Files.Has(left));
    }

    [Fact]
    public async Task A_file_that_is_brought_in_again_while_it_is_being_removed_stays()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var hash = await world.Files.Put("the same again"u8.ToArray());
        File.SetLastWriteTimeUtc(world.Files.PathOf(hash), DateTime.UtcNow.AddDays(-3));
        var asked = DateTimeOffset.UtcNow.AddSeconds(-1);
        Assert.Equal(hash, await world.Files.Put("the same again"u8.ToArray()));
        await world.Files.Remove(hash, asked);
        Assert.Equal("the same again", Encoding.UTF8.GetString(await world.Files.Read(hash)));
        File.SetLastWriteTimeUtc(world.Files.PathOf(hash), DateTime.UtcNow.AddDays(-3));
        await world.Files.Remove(hash, asked);
        await world.Files.Remove(hash, asked);
        Assert.False(await world.Files.Has(hash));
    }

    [Theory, OnEachDatabase]
    public async Task Votes_of_people_who_withdrew_go_but_those_that_a_model_learned_from(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2, settings: new() { Anchors = 0 });
        var (leaves, stays) = (await scene.Person("Leaves"), await scene.Person("Stays"));
        await scene.VoteAll(leaves.Id, _ => Scene.Flag(1));
        await scene.Learn(scene.Epoch, groups: 3);
        // One that is taken back, one that stands.
        var taken = Guid.NewGuid();
        await scene.Vote(leaves.Id, (await scene.Next(leaves.Id)).ItemId, Scene.Flag(1), taken);
        await scene.Box.Undo(Guid.NewGuid(), leaves.Id, taken);
        await scene.Vote(leaves.Id, (await scene.Next(leaves.Id)).ItemId, Scene.Flag(1));
        await scene.VoteAll(stays.Id, _ => Scene.Flag(2));
        await using (var db = world.Open())
        {
            (await db.Users.SingleAsync(a => a.Id == leaves.Id)).Withdraw(world.Now);
            await db.SaveChangesAsync();
        }
        await world.Get<Review>().Withdraw(leaves.Id);
        var learned = await scene.Read(db => db.CheckpointVotes.Select(t => t.VoteId).ToListAsync());
        var others = await scene.Read(db => db.Votes.CountAsync(v => v.AnnotatorId == stays.Id));
        world.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(3, Assert.Single(await Plan(world, new() { VoteDays = 30 })).Count);
        await world.Get<RetentionRun>().Apply(new() { VoteDays = 30 });
        Assert.Equal(learned.Order(), (await scene.Read(db => db.Votes.Where(v => v.AnnotatorId == leaves.Id).Select(v => v.Id).ToListAsync())).Order());
        Assert.Equal(others, await scene.Read(db => db.Votes.CountAsync(v => v.AnnotatorId == stays.Id)));
        Assert.Single(await scene.Read(db => CheckpointLineage.TouchedBy(db, leaves.Id)));
    }

    private static async Task<IReadOnlyList<Freed>> Plan(World world, RetentionSettings settings)
    {
        await using var db = world.Open();
        return await RetentionPlan.Make(db, world.Files, world.Get<DataFolder>(), settings, world.Now);
    }

    private static string Thumbnail(World world, string name) => Path.Combine(Directory.CreateDirectory(world.Get<DataFolder>().Delivered).FullName, name);

    // Two epochs that were trained; then somebody went back to what the first had learned, which samples the third.
    private static async Task<(Scene Scene, Epoch Now)> Story(World world)
    {
        var scene = await Scene.Sampled(world, groups: 2, settings: new() { Anchors = 0, Training = new() { KeepOptimizer = true } });
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        var second = await Learn(scene, scene.Epoch);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await Learn(scene, second);
        var third = await scene.Cycle.RollBack(scene.Project.Id, second.SampledById);
        await scene.Sample(third, 2, "third ");
        return (scene, third);
    }

    private static async Task<Epoch> Learn(Scene scene, Epoch epoch)
    {
        await scene.Cycle.Train(epoch.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        await scene.Cycle.StartTraining(job);
        var files = scene.World.Files;
        var next = (await scene.Cycle.Complete(job, AdapterKind.Lora, await files.Put(Encoding.UTF8.GetBytes($"adapter {epoch.Id}")), await files.Put(Encoding.UTF8.GetBytes($"moments {epoch.Id}"))))!;
        if (epoch.Number == 1)
        {
            await scene.Sample(next, 2);
        }
        return next;
    }
}
