using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class A_vote_can_be_taken_back(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task An_undone_item_comes_back_to_the_same_person_and_both_rows_stay(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2);
        var (person, vote, undo) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(person)).ItemId;
        await scene.Vote(person, item, Scene.Flag(1), vote);

        Assert.Equal(Outcome.Accepted, (await scene.Box.Undo(undo, person, vote)).Outcome);
        Assert.Equal(Outcome.Duplicate, (await scene.Box.Undo(undo, person, vote)).Outcome);
        Assert.Equal(Outcome.Refused, (await scene.Box.Undo(Guid.NewGuid(), person, vote)).Outcome);
        Assert.Equal(item, (await scene.Next(person)).ItemId);
        Assert.Equal(Outcome.Accepted, (await scene.Vote(person, item, Scene.Flag(2))).Outcome);

        Assert.Equal([VoteKind.Judgement, VoteKind.Undo, VoteKind.Judgement], await scene.Read(db => db.Votes.OrderBy(v => v.Id).Select(v => v.Kind).ToListAsync()));
    }

    [Theory, OnEachDatabase]
    public async Task A_replayed_vote_does_not_undo_its_undo(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var (person, vote) = (Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(person)).ItemId;
        await scene.Vote(person, item, Scene.Flag(1), vote);
        await scene.Box.Undo(Guid.NewGuid(), person, vote);
        Assert.Equal(Outcome.Duplicate, (await scene.Vote(person, item, Scene.Flag(1), vote)).Outcome);
        Assert.Equal(0, await scene.Read(db => db.Items.Select(i => i.Votes).SingleAsync()));
    }

    [Fact]
    public async Task An_undo_that_overtakes_its_vote_is_refused_until_the_vote_is_there()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var (person, vote, undo) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(person)).ItemId;
        Assert.Equal(Outcome.Refused, (await scene.Box.Undo(undo, person, vote)).Outcome);
        await scene.Vote(person, item, Scene.Flag(1), vote);
        Assert.Equal(Outcome.Accepted, (await scene.Box.Undo(undo, person, vote)).Outcome);
    }

    [Fact]
    public async Task Only_the_last_twenty_can_be_undone_and_older_ones_need_a_reason()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 21);
        var person = Guid.NewGuid();
        var keys = new List<Guid>();
        for (var n = 0; n < 21; n++)
        {
            keys.Add(Guid.NewGuid());
            await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1), keys[n]);
        }
        Assert.Equal(Outcome.Refused, (await scene.Box.Undo(Guid.NewGuid(), person, keys[0])).Outcome);
        Assert.Equal(Outcome.Refused, (await scene.Box.Reopen(Guid.NewGuid(), person, keys[0], " ")).Outcome);
        Assert.Equal(Outcome.Accepted, (await scene.Box.Reopen(Guid.NewGuid(), person, keys[0], "I misread the guidelines")).Outcome);
        Assert.Equal(Outcome.Accepted, (await scene.Box.Undo(Guid.NewGuid(), person, keys[1])).Outcome);
    }

    [Fact]
    public async Task Nobody_takes_back_somebody_elses_vote()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var (person, vote) = (Guid.NewGuid(), Guid.NewGuid());
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1), vote);
        Assert.Equal(Outcome.Refused, (await scene.Box.Undo(Guid.NewGuid(), Guid.NewGuid(), vote)).Outcome);
    }
}
