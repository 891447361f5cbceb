using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Training;

[Collection(Databases.Collection)]
public sealed class Votes_and_checkpoints_know_each_other(Databases databases)
{
    [Fact]
    public async Task A_persons_votes_touch_their_checkpoint_and_all_that_came_from_it()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var epoch = scene.Epoch;
        var people = new[] { Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid() };
        foreach (var person in people)
        {
            await scene.VoteAll(person, _ => Scene.Flag(1));
            epoch = await scene.Learn(epoch, 1);
        }
        await using var db = world.Open();
        var checkpoints = await db.Checkpoints.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync();
        Assert.Equal(checkpoints[1..], (await CheckpointLineage.TouchedBy(db, people[1])).Select(c => c.Id));
        Assert.Equal(people[..2], await (await CheckpointLineage.Votes(db, checkpoints[1])).OrderBy(v => v.Id).Select(v => v.AnnotatorId).ToListAsync());
        Assert.Equal(checkpoints.AsEnumerable().Reverse(), (await CheckpointLineage.Line(db, checkpoints[2])).Select(c => c.Id));
    }

    [Theory, OnEachDatabase]
    public async Task Steps_of_a_checkpoint_are_those_of_its_whole_line(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var epoch = scene.Epoch;
        foreach (var steps in new[] { 3, 5, 0 })
        {
            await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
            epoch = await scene.Learn(epoch, 1, steps);
        }
        await using var db = world.Open();
        var checkpoints = await db.Checkpoints.OrderBy(c => c.Id).ToListAsync();
        // Nothing is known of the third, so it has no place along the steps.
        Assert.Equal([(checkpoints[0].Id, 3), (checkpoints[1].Id, 8)], (await StepsTaken.Read(db, checkpoints)).OrderBy(one => one.Key).Select(one => (one.Key, one.Value)));
    }
}
