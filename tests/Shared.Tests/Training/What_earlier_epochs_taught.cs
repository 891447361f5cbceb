using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Training;

[Collection(Databases.Collection)]
public sealed class What_earlier_epochs_taught(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task It_is_told_along_the_line_the_oldest_first_and_without_what_was_rolled_back_or_set_aside(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2);
        var person = await scene.Person("Ada");
        var second = await Judged(scene, scene.Epoch, person.Id);
        var third = await Judged(scene, second, person.Id);
        var first = await scene.Read(db => db.Checkpoints.OrderBy(c => c.Id).FirstAsync());
        Assert.Equal([1, 2], (await Before(scene, third, person.Id)).Select(manifest => manifest.Epoch));

        var again = await scene.Cycle.RollBack(scene.Project.Id, first.Id, third.Id);
        await scene.Sample(again, 2, "again ");
        var one = Assert.Single(await Before(scene, again, person.Id));
        Assert.Equal((1, 2), (one.Epoch, one.Groups.Count));

        var vote = await scene.Read(db => db.Votes.Where(v => v.EpochId == scene.Epoch.Id).Select(v => v.Id).FirstAsync());
        await world.Get<Review>().Quarantine(scene.Project.Id, [vote], "pressed without looking");
        await using var db = world.Open();
        var job = await db.Jobs.OrderByDescending(j => j.Id).FirstAsync(j => j.Kind == JobKind.Train);
        var manifest = Manifest.Read(await world.Files.Read((await db.Epochs.SingleAsync(e => e.Id == again.Id)).ManifestHash!));
        Assert.Single(Assert.Single(await scene.Cycle.Before(job, manifest)).Groups);
        Assert.Empty(await scene.Cycle.Before(job, manifest with { Reward = "another reward" }));
    }

    [Fact]
    public async Task Images_that_nobody_judged_are_no_baseline_for_votes()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var settings = new ProjectSettings { Algorithm = "ddpo", Training = new() { Baseline = RewardBaseline.Greedy } };
        var scene = await Scene.Sampled(world, groups: 2, settings: settings);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));

        var refused = await Assert.ThrowsAsync<LabelerException>(() => scene.Cycle.Train(scene.Epoch.Id, null));

        Assert.Equal(
            "The greedy baseline compares with images that nobody judged: train on a learned reward, or choose another baseline in the project's settings.",
            refused.Message);
        Assert.Equal(EpochState.Labeling, (await scene.Read(db => db.Epochs.SingleAsync())).State);
    }

    [Theory]
    [InlineData(true, AdapterKind.Lora, true)]
    [InlineData(false, AdapterKind.Lora, false)]
    [InlineData(true, AdapterKind.Full, false)]
    public async Task The_optimizer_of_the_checkpoint_before_goes_on_where_the_project_keeps_it_and_trains_the_same_part(bool keeps, AdapterKind now, bool expected)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var person = await scene.Person("Ada");
        await Judged(scene, scene.Epoch, person.Id);
        var optimizer = await world.Files.Put("moments"u8.ToArray());
        await scene.Read(db => db.Checkpoints.ExecuteUpdateAsync(set => set.SetProperty(c => c.OptimizerHash, optimizer)));
        await using (var db = world.Open())
        {
            var project = await db.Projects.SingleAsync();
            project.Change(project.Settings with { Training = project.Settings.Training with { KeepOptimizer = keeps, Adapter = now } });
            await db.SaveChangesAsync();
        }

        var plan = await scene.Cycle.DryRun(await scene.Read(db => db.Epochs.MaxAsync(e => e.Id)));

        Assert.Equal(expected ? optimizer : null, plan.Manifest.Optimizer);
    }

    private static async Task<Epoch> Judged(Scene scene, Epoch epoch, Guid person)
    {
        await scene.VoteAll(person, _ => Scene.Flag(1));
        return await scene.Learn(epoch, 2);
    }

    private static async Task<IReadOnlyList<Manifest>> Before(Scene scene, Epoch epoch, Guid person)
    {
        await scene.VoteAll(person, _ => Scene.Flag(1));
        await scene.Cycle.Train(epoch.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        return await scene.Cycle.Before(job, await scene.Cycle.StartTraining(job));
    }
}
