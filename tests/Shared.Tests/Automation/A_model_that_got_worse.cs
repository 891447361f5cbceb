using Labeler.Shared.Automation;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Automation;

[Collection(Databases.Collection)]
public sealed class A_model_that_got_worse(Databases databases)
{
    private const int Groups = 10;

    [Theory, OnEachDatabase]
    public async Task Is_reported_against_the_epoch_it_learned_from(string database)
    {
        await using var world = await databases.World(database);
        var (scene, _) = await TwoEpochs(world, new(), Scene.Flag(1, 2, 3, 4));
        await using var db = world.Open();
        var change = Assert.Single(await EpochChange.Read(db, scene.Project));
        Assert.Equal((2, 1, "normal", 3 / 7.0, 6 / 7.0, true), (change.Epoch, change.Against, change.Measure, change.Now, change.Before, change.IsWorse));
    }

    [Fact]
    public async Task Is_rolled_back_when_all_is_judged_where_the_project_says_so()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (scene, _) = await TwoEpochs(world, new() { RollBackWhenWorse = true, TrainAutomatically = true }, Scene.Flag(1, 2, 3, 4));
        Assert.Empty(await world.Get<AutomaticTraining>().GoOn());
        var epochs = await scene.Read(db => db.Epochs.OrderBy(e => e.Number).Select(e => new { e.State, e.SampledById }).ToListAsync());
        Assert.Equal([(EpochState.RolledBack, false), (EpochState.RolledBack, true), (EpochState.Sampling, false)], epochs.Select(e => (e.State, e.SampledById is not null)));
    }

    [Fact]
    public async Task Is_not_given_up_before_all_is_judged_nor_without_the_option()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (scene, second) = await TwoEpochs(world, new() { RollBackWhenWorse = true }, Scene.Flag(1, 2, 3, 4), judgeAll: false);
        await world.Get<AutomaticTraining>().GoOn();
        Assert.Equal(EpochState.Labeling, (await scene.Read(db => db.Epochs.SingleAsync(e => e.Id == second.Id))).State);

        await using var other = await databases.World(Databases.Sqlite);
        (scene, second) = await TwoEpochs(other, new() { TrainAutomatically = true }, Scene.Flag(1, 2, 3, 4));
        Assert.Single(await other.Get<AutomaticTraining>().GoOn());
        Assert.Equal(EpochState.Frozen, (await scene.Read(db => db.Epochs.SingleAsync(e => e.Id == second.Id))).State);
    }

    [Fact]
    public async Task Is_told_from_one_that_is_merely_different_by_chance()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (scene, second) = await TwoEpochs(world, new() { RollBackWhenWorse = true, TrainAutomatically = true }, Scene.Flag(1), odd: Scene.Flag(1, 2));
        await using var db = world.Open();
        var change = Assert.Single(await EpochChange.Read(db, scene.Project));
        Assert.True(change is { IsWorse: false, Difference: < 0 });
        Assert.Equal(second.Id, Assert.Single(await world.Get<AutomaticTraining>().GoOn()).EpochId);
    }

    [Fact]
    public async Task Is_found_by_the_values_of_categories_too()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var settings = new ProjectSettings { RollBackWhenWorse = true, Anchors = 0, GroupSize = 2, Choices = Scale.Labels };
        var scene = await Scene.Sampled(world, Groups, LabelingTask.Categorise, settings);
        await Categorise(scene, "Label 1", "Label 2");
        var second = await scene.Learn(scene.Epoch, Groups);
        await Categorise(scene, "Label 3", "Label 2");
        await using (var db = world.Open())
        {
            var change = Assert.Single(await EpochChange.Read(db, scene.Project));
            Assert.Equal((2, 1, "value", 1.5, 2.5, true), (change.Epoch, change.Against, change.Measure, change.Now, change.Before, change.IsWorse));
        }
        await world.Get<AutomaticTraining>().GoOn();
        Assert.Equal(EpochState.RolledBack, (await scene.Read(db => db.Epochs.SingleAsync(e => e.Id == second.Id))).State);
    }

    [Fact]
    public async Task Is_not_looked_for_after_every_vote_beyond_the_budget()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (scene, second) = await TwoEpochs(world, new() { RollBackWhenWorse = true }, Scene.Flag(1, 2, 3, 4), judgeAll: false, budget: 12);
        await world.Get<AutomaticTraining>().GoOn();
        Assert.Equal(EpochState.Labeling, (await scene.Read(db => db.Epochs.SingleAsync(e => e.Id == second.Id))).State);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1, 2, 3, 4));
        await world.Get<AutomaticTraining>().GoOn();
        Assert.Equal(EpochState.RolledBack, (await scene.Read(db => db.Epochs.SingleAsync(e => e.Id == second.Id))).State);
    }

    private static Task Categorise(Scene scene, params string[] labels)
    {
        var given = 0;
        return scene.VoteAll(Guid.NewGuid(), _ => new Shared.Voting.ChoiceVerdict(labels[given++ % labels.Length], true, true));
    }

    /// <summary>Everything is flagged once in the first epoch, and as told in the second.</summary>
    private static async Task<(Scene Scene, Epoch Second)> TwoEpochs(World world, ProjectSettings settings, Shared.Voting.FlagVerdict then, bool judgeAll = true, Shared.Voting.FlagVerdict? odd = null, int budget = 100_000)
    {
        var scene = await Scene.Sampled(world, Groups, settings: settings with { Anchors = 0, SignalBudget = budget });
        var person = Guid.NewGuid();
        await scene.VoteAll(person, _ => Scene.Flag(1));
        var second = await scene.Learn(scene.Epoch, Groups);
        if (odd is not null)
        {
            await scene.Vote(person, (await scene.Next(person)).ItemId, odd);
        }
        if (!judgeAll)
        {
            for (var n = 0; n < Groups - 1; n++)
            {
                await scene.Vote(person, (await scene.Next(person)).ItemId, then);
            }
            return (scene, second);
        }
        await scene.VoteAll(person, _ => then);
        return (scene, second);
    }
}
