using Labeler.Shared.Automation;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Epochs_meet_in_blind_pairs(Databases databases)
{
    private const int Groups = 20, Evaluations = 3, People = 4;
    private static readonly ProjectSettings Settings = new() { GroupSize = 3, VotesPerItem = People, Anchors = 0 };

    [Theory, OnEachDatabase]
    public async Task A_pair_projects_evaluation_pictures_meet_those_of_the_epoch_that_the_model_learned_from(string database)
    {
        await using var world = await databases.World(database);
        var (scene, second) = await TwoEpochs(world, Settings);
        var duels = await scene.Read(db => db.Items.Where(i => i.Use == ItemUse.Duel).Include(i => i.Group).Include(i => i.First).Include(i => i.Second).ToListAsync());
        // The first picture of each group is the same as before: there is nothing to choose between.
        Assert.Equal(Evaluations * (Settings.GroupSize - 1), duels.Count);
        Assert.All(duels, duel => Assert.Equal((second.Id, GroupUse.Evaluation, duel.First!.Index), (duel.EpochId, duel.Group!.Use, duel.Second!.Index)));
        var before = await scene.Read(db => db.Groups.Where(g => g.EpochId == scene.Epoch.Id).Select(g => g.Id).ToListAsync());
        Assert.All(duels, duel => Assert.Contains(duel.Second!.GroupId, before));
    }

    [Theory, OnEachDatabase]
    public async Task Their_win_rate_is_a_figure_of_its_own_and_teaches_nothing(string database)
    {
        await using var world = await databases.World(database);
        var (scene, second) = await TwoEpochs(world, Settings);
        await VoteAll(scene, preferNow: true);
        var asked = await scene.Read(db => db.Votes.CountAsync(v => v.Item!.Use == ItemUse.Duel));
        Assert.InRange(asked, 2 * People, Evaluations * (Settings.GroupSize - 1) * People);
        await using (var db = world.Open())
        {
            var duel = Assert.Single(await DuelResults.OfEpochs(db, scene.Project.Id));
            Assert.Equal((2, (int?)1, (double)asked, (double)asked, asked), (duel.Contestant, duel.Against, duel.Wins.Count, duel.Wins.Of, duel.Votes));
            var change = Assert.Single(await EpochChange.Read(db, scene.Project));
            Assert.Equal((2, 1, EpochChange.Preferred, 1.0, .5, false), (change.Epoch, change.Against, change.Measure, change.Now, change.Before, change.IsWorse));
            Assert.InRange(change.Low, .1, .5);
            var labels = await LabelCounts.Read(db, scene.Project);
            Assert.Equal(await db.Votes.CountAsync(v => v.Item!.Use == ItemUse.Training), labels.Sum(label => label.Count));
        }
        await scene.Learn(second, Groups);
        Assert.False(await scene.Read(db => db.CheckpointVotes.AnyAsync(t => db.Votes.Any(v => v.Id == t.VoteId && v.Item!.Use == ItemUse.Duel))));
    }

    [Fact]
    public async Task An_epoch_that_loses_them_is_rolled_back_where_the_project_says_so()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (scene, second) = await TwoEpochs(world, Settings with { RollBackWhenWorse = true, SignalBudget = 100_000 });
        await VoteAll(scene, preferNow: false);
        Assert.Empty(await world.Get<AutomaticTraining>().GoOn());
        Assert.Equal(EpochState.RolledBack, (await scene.Read(db => db.Epochs.SingleAsync(e => e.Id == second.Id))).State);
    }

    [Fact]
    public async Task Whoever_has_seen_which_epoch_made_a_picture_is_not_asked_about_it()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (scene, _) = await TwoEpochs(world, Settings with { VotesPerItem = 1 });
        var lead = Guid.NewGuid();
        await scene.Queue.UnblindAbout(lead, await scene.Read(db => db.Groups.Where(g => g.EpochId == scene.Epoch.Id && g.Use == GroupUse.Evaluation).Select(g => g.Id).ToListAsync()));
        await scene.VoteAll(lead, lease => Prefer(lease, first: true));
        Assert.Equal(0, await scene.Read(db => db.Votes.CountAsync(v => v.AnnotatorId == lead && v.Item!.Use == ItemUse.Duel)));
        Assert.Equal(Groups * Settings.GroupSize, await scene.Read(db => db.Votes.CountAsync(v => v.AnnotatorId == lead)));
    }

    [Fact]
    public async Task Nothing_meets_where_people_flag_or_the_words_have_changed()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var flags = await Scene.Sampled(world, 2, evaluations: 1, settings: new() { Anchors = 0 });
        await flags.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await flags.Learn(flags.Epoch, 2);
        Assert.False(await flags.Read(db => db.Items.AnyAsync(i => i.Use == ItemUse.Duel)));

        await using var other = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(other, 2, LabelingTask.PreferPair, Settings with { VotesPerItem = 1 }, Evaluations);
        await scene.VoteAll(Guid.NewGuid(), lease => Prefer(lease, first: true));
        await using (var db = other.Open())
        {
            await db.Groups.Where(g => g.Use == GroupUse.Evaluation && g.Number > 0).ExecuteUpdateAsync(set => set.SetProperty(g => g.Prompt, "two hands"));
        }
        await scene.Learn(scene.Epoch, 2);
        Assert.Equal(Settings.GroupSize - 1, await scene.Read(db => db.Items.CountAsync(i => i.Use == ItemUse.Duel)));
    }

    private static async Task<(Scene Scene, Epoch Second)> TwoEpochs(World world, ProjectSettings settings)
    {
        var scene = await Scene.Sampled(world, Groups, LabelingTask.PreferPair, settings, Evaluations);
        await VoteAll(scene, preferNow: true);
        Assert.False(await scene.Read(db => db.Items.AnyAsync(i => i.Use == ItemUse.Duel)));
        return (scene, await scene.Learn(scene.Epoch, Groups));
    }

    private static async Task VoteAll(Scene scene, bool preferNow)
    {
        for (var person = 0; person < People; person++)
        {
            await scene.VoteAll(Guid.NewGuid(), lease => Prefer(lease, lease.Item!.Use != ItemUse.Duel || preferNow));
        }
    }

    private static PairVerdict Prefer(Lease lease, bool first) => new(lease.FirstOnLeft == first ? PairPick.Left : PairPick.Right, lease.FirstOnLeft, true, true);
}
