using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Training;

[Collection(Databases.Collection)]
public sealed class Pictures_may_come_from_elsewhere(Databases databases)
{
    private static readonly ProjectSettings Settings = new() { Choices = [new("Label 1", "1"), new("Label 2", "2")] };

    [Theory, OnEachDatabase]
    public async Task An_epoch_is_opened_filled_and_labelled_without_a_sampling_job(string database)
    {
        await using var world = await databases.World(database);
        var (project, epoch) = await Opened(world);
        var cycle = world.Get<EpochCycle>();
        Assert.True(await cycle.Add(epoch.Id, Photo(world, await world.Files.Put("a"u8.ToArray()))));
        Assert.False(await cycle.Add(epoch.Id, Photo(world, await world.Files.Put("a"u8.ToArray()))));
        await cycle.BeginLabeling(epoch.Id);
        await cycle.BeginLabeling(epoch.Id);
        Assert.Null(await world.Get<JobQueue>().Claim("worker", [JobKind.Sample]));
        var leases = (await world.Get<ItemQueue>().Take(project.Id, Guid.NewGuid(), 5, [])).Leases;
        Assert.Equal(GroupUse.Imported, Assert.Single(leases).Item!.Group!.Use);
    }

    [Fact]
    public async Task Such_a_project_is_never_sampled_trained_or_rolled_back()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (project, epoch) = await Opened(world);
        var cycle = world.Get<EpochCycle>();
        await cycle.BeginLabeling(epoch.Id);
        foreach (var verb in new Func<Task>[] { () => cycle.Start(project.Id, null), () => cycle.Train(epoch.Id, null), () => cycle.RollBack(project.Id, null) })
        {
            Assert.Contains("no model of its own", (await Assert.ThrowsAsync<LabelerException>(verb)).Message);
        }
        Assert.Equal(0, await world.Open().Jobs.CountAsync());
    }

    [Fact]
    public async Task A_project_of_a_model_is_not_opened_for_pictures_from_elsewhere()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        await Assert.ThrowsAsync<LabelerException>(() => scene.Cycle.Open(scene.Project.Id, 1));
    }

    [Fact]
    public void Photos_are_not_compared_in_batches_or_pairs() =>
        Assert.Throws<LabelerException>(() => Project.Create("Photos", LabelingTask.FlagBatch, Settings, DateTimeOffset.UnixEpoch, PictureSource.Imported));

    private static async Task<(Project Project, Epoch Epoch)> Opened(World world)
    {
        var project = Project.Create("Photos", LabelingTask.Categorise, Settings, world.Now, PictureSource.Imported);
        await using (var db = world.Open())
        {
            db.Add(project);
            await db.SaveChangesAsync();
        }
        return (project, await world.Get<EpochCycle>().Open(project.Id, 1));
    }

    private static Func<Epoch, Group> Photo(World world, string hash) => epoch => Group.Imported(epoch, 0, new NewImage(hash, 8, 8, 0), world.Now);
}
