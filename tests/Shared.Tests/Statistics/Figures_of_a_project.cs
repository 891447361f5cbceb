using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Statistics;

[Collection(Databases.Collection)]
public sealed class Figures_of_a_project(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Rates_count_only_images_that_were_seen_and_votes_that_stand(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 4);
        var person = (await scene.Person("Ada")).Id;
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(0, 1));
        var half = new FlagVerdict([.. Scene.Flag(0).Tiles.Select(t => t with { Displayed = t.Index < 3 })]);
        await scene.Vote(person, (await scene.Next(person)).ItemId, half);
        var undone = Guid.NewGuid();
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(0, 1, 2, 3), undone);
        await scene.Box.Undo(Guid.NewGuid(), person, undone);
        await scene.Vote(person, (await scene.Next(person)).ItemId, new SkipVerdict("not sure"));

        await using var db = world.Open();
        var rates = Assert.Single(await EpochRates.Read(db, scene.Project.Id));
        Assert.Equal((7, 10), (rates.Normal.Count, rates.Normal.Of));
        Assert.Equal((3, 10), (rates.Deformed.Count, rates.Deformed.Of));
        Assert.Equal([("normal", 7), ("deformed", 3)], (await LabelCounts.Read(db, scene.Project)).Select(l => (l.Label, l.Count)));

        var figures = Assert.Single(await AnnotatorFigures.Read(db, scene.Project.Id));
        Assert.Equal(("Ada", 2, 1, 1, 900.0), (figures.Name, figures.Votes, figures.Skips, figures.TakenBack, figures.MedianMs));

        var progress = (await LabelingProgress.Read(db, new(world.Clock), scene.Project.Id, person, world.Now.AddHours(-1)))!;
        Assert.Equal((4, 4, 3, 3, (2 * 5) + (1 * 2)), (progress.GroupsWanted, progress.Items, progress.ItemsDone, progress.Mine, progress.MyPairs));
    }

    [Theory, OnEachDatabase]
    public async Task Votes_per_hour_list_the_empty_hours_too(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        var person = Guid.NewGuid();
        var start = world.Now;
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1));
        world.Clock.Advance(TimeSpan.FromHours(2));
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1));
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1));
        await using var db = world.Open();
        var hours = await VotesPerHour.Read(db, scene.Project.Id, start, world.Now);
        Assert.Equal([(start, 1), (start.AddHours(1), 0), (start.AddHours(2), 2)], hours.Select(h => (h.Hour, h.Votes)));
    }

    [Theory, OnEachDatabase]
    public async Task Medians_of_even_counts_lie_between_the_two_in_the_middle(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 4);
        var person = Guid.NewGuid();
        foreach (var duration in new[] { 5000, 100, 1000, 2000 })
        {
            await scene.Box.Cast(new VoteSubmission(Guid.NewGuid(), (await scene.Next(person)).ItemId, person, Scene.Flag(1), duration, null));
        }
        await using var db = world.Open();
        var figures = Assert.Single(await AnnotatorFigures.Read(db, scene.Project.Id));
        Assert.Equal((1500.0, 1), (figures.MedianMs, figures.Fast));
    }

    [Fact]
    public async Task Scores_keep_the_order_of_their_definitions()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var settings = new ProjectSettings { GroupSize = 2, Choices = [new("0", "1", "", 0), new("3", "2", "", 3), new("10", "3", "", 10)] };
        var scene = await Scene.Sampled(world, groups: 5, LabelingTask.Score, settings);
        var given = 0;
        await scene.VoteAll(Guid.NewGuid(), _ => new ChoiceVerdict(given++ < 7 ? "10" : "3", true, true));
        await using var db = world.Open();
        Assert.Equal([("0", 0, 0.0), ("3", 3, 0.3), ("10", 7, 0.7)], (await LabelCounts.Read(db, scene.Project)).Select(l => (l.Label, l.Count, Math.Round(l.Share.Share, 9))));
        Assert.Equal(10, (await ImageTally.Read(db, scene.Epoch.Id)).Count(i => i.Score is 10 or 3));
    }

    [Fact]
    public async Task Agreement_is_measured_where_people_met()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 3, settings: new ProjectSettings { VotesPerItem = 2 });
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0, 1));
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));
        await using var db = world.Open();
        var figures = await AgreementFigures.Read(db, scene.Project, null);
        Assert.Equal((21, 2), (figures.Units, figures.Raters));
        Assert.Equal(6.0 / 7, figures.Percent, 9);
        // p_o = 6/7; p_e = 2/7 · 1/7 + 5/7 · 6/7 = 32/49.
        Assert.Equal((6.0 / 7 - 32.0 / 49) / (1 - 32.0 / 49), figures.Cohen, 9);
    }

    [Fact]
    public async Task Agreement_of_many_votes_is_that_of_the_newest_epochs_and_says_since_which()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 3, settings: new ProjectSettings { VotesPerItem = 2 });
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0, 1));
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));
        await scene.Learn(scene.Epoch, groups: 2);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));
        await using var db = world.Open();
        var given = await db.Votes.CountAsync();
        var all = await AgreementFigures.Read(db, scene.Project, null, most: given);
        // Seven pictures of each group that both were asked about; by chance one of them alone may have been asked about an old one, too.
        Assert.Equal((7 * await Met(1), (int?)null), (all.Units, all.Since));
        foreach (var most in new[] { given - 1, 1 })
        {
            var newest = await AgreementFigures.Read(db, scene.Project, null, most: most);
            Assert.Equal((7 * await Met(2), 2, 1.0), (newest.Units, newest.Since, newest.Percent));
        }

        Task<int> Met(int since) => db.Votes.Where(v => db.Epochs.Any(e => e.Id == v.EpochId && e.Number >= since)).GroupBy(v => v.ItemId)
            .CountAsync(item => item.Count() > 1);
    }

    [Fact]
    public async Task The_gallery_knows_each_images_verdicts()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(2, 5));
        await using var db = world.Open();
        var tallies = await ImageTally.Read(db, scene.Epoch.Id);
        Assert.Equal([2, 5], tallies.Where(t => !t.IsNormal).Select(t => t.Index));
        Assert.All(tallies, t => Assert.Equal(("a hand", 1), (t.Prompt, t.Votes)));
    }

    [Theory, OnEachDatabase]
    public async Task Scores_have_a_mean_per_epoch_with_its_interval(string database)
    {
        await using var world = await databases.World(database);
        var rubric = new ProjectSettings { GroupSize = 1, Choices = [new("0", "1", "none", 0), new("6", "2", "odd", 6), new("10", "3", "right", 10)] };
        var scene = await Scene.Sampled(world, groups: 8, LabelingTask.Score, rubric);
        var given = new Queue<string>(["0", "6", "10", "10", "0", "6", "10", "10"]);
        await scene.VoteAll(Guid.NewGuid(), _ => new ChoiceVerdict(given.Dequeue(), true, true));
        await using var db = world.Open();
        var score = Assert.Single(await MeanScores.Read(db, scene.Project));
        // Twice 0, 6, 10, 10: the standard deviation is 4.3753; Student's t with 7 degrees of freedom is 2.3646. The scale ends at 10.
        Assert.Equal((1, 8, 8, 6.5), (score.Epoch, score.Votes, score.Groups, score.Mean));
        Assert.Equal(6.5 - 2.3646 * 4.3753 / Math.Sqrt(8), score.Low, 3);
        Assert.Equal(10, score.High);
    }

    [Theory, OnEachDatabase]
    public async Task Influence_is_a_persons_share_of_the_pairs_that_the_votes_give(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 4);
        var (much, little, none) = ((await scene.Person("much")).Id, (await scene.Person("little")).Id, (await scene.Person("none")).Id);
        await scene.Vote(much, (await scene.Next(much)).ItemId, Scene.Flag(1, 2, 3));
        await scene.Vote(much, (await scene.Next(much)).ItemId, Scene.Flag(4));
        await scene.Vote(little, (await scene.Next(little)).ItemId, Scene.Flag(5));
        await scene.Vote(none, (await scene.Next(none)).ItemId, Scene.Flag());
        await using var db = world.Open();
        var figures = (await AnnotatorFigures.Read(db, scene.Project.Id)).ToDictionary(f => f.Name, f => f.Influence);
        Assert.Equal(((12 + 6) / 24.0, 6 / 24.0, 0.0), (figures["much"], figures["little"], figures["none"]));
    }

    [Fact]
    public async Task Gold_items_measure_people_and_teach_nothing()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        await using (var db = world.Open())
        {
            (await db.Items.OrderBy(i => i.Id).FirstAsync()).MakeGold(Scene.Flag(3));
            await db.SaveChangesAsync();
        }
        await scene.VoteAll((await scene.Person("right")).Id, _ => Scene.Flag(3));
        await scene.VoteAll((await scene.Person("wrong")).Id, _ => Scene.Flag(4));
        await using var again = world.Open();
        var figures = await AnnotatorFigures.Read(again, scene.Project.Id);
        Assert.Equal(1, figures.Single(f => f.Name == "right").Gold!.Share);
        Assert.Equal(0, figures.Single(f => f.Name == "wrong").Gold!.Share);
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((6, 1, 2), (plan.Signal, plan.Items, plan.Excluded[Exclusion.NotForTraining]));
    }
}
