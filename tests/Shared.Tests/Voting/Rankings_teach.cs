using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Rankings_teach(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task A_ranking_of_n_images_gives_all_pairs_whose_weights_come_to_one_vote(string database)
    {
        await using var world = await databases.World(database);
        var plan = await Plan(world, 4, [Order([2], [0], [3], [1])]);
        Assert.Equal([(0, 1), (0, 3), (2, 0), (2, 1), (2, 3), (3, 1)], Pairs(plan).Order());
        Assert.Equal(6, plan.Signal);
        // InstructGPT, equation 1: one ranking's pairs share its weight evenly.
        Assert.All(Weights(plan), weight => Assert.Equal(1.0 / 6, weight, 9));
    }

    [Fact]
    public async Task Tied_images_make_no_pair_and_take_no_weight_from_the_others()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var plan = await Plan(world, 4, [Order([2], [0, 3], [1])]);
        Assert.Equal([(0, 1), (2, 0), (2, 1), (2, 3), (3, 1)], Pairs(plan).Order());
        Assert.All(Weights(plan), weight => Assert.Equal(1.0 / 6, weight, 9));
    }

    [Fact]
    public async Task Where_people_order_two_images_differently_more_of_them_decide_and_their_lead_is_the_share()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var plan = await Plan(world, 3, [Order([0], [1], [2]), Order([0], [2], [1]), Order([1], [0], [2])]);
        var pairs = plan.Preferences.Groups.Single().Pairs.ToDictionary(pair => (pair.Winner, pair.Loser), pair => pair.Weight);
        Assert.Equal(1.0 / 3 / 3, pairs[(0, 1)], 9);
        Assert.Equal(1.0 / 3, pairs[(0, 2)], 9);
        Assert.Equal(1.0 / 3 / 3, pairs[(1, 2)], 9);
    }

    [Fact]
    public async Task Rankings_that_teach_nothing_say_why()
    {
        await using var world = await databases.World(Databases.Sqlite);
        Assert.Equal(1, (await Plan(world, 3, [Order([0, 1, 2])])).Excluded[Exclusion.NoDifference]);
        await using var other = await databases.World(Databases.Sqlite);
        Assert.Equal(2, (await Plan(other, 2, [Order([0], [1]), Order([1], [0])])).Excluded[Exclusion.Disagreement]);
        await using var db = other.Open();
        Assert.Single(await ReviewedItem.Read(db, await db.Projects.SingleAsync(), ReviewFilter.Split, new(), 0, 10));
    }

    [Fact]
    public async Task An_algorithm_of_single_judgments_hears_which_images_stand_above_most_others()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var plan = await Plan(world, 3, [Order([1], [0], [2])], "diffusion-kto");
        Assert.Equal([(1, true, 1.0), (2, false, 1.0)], plan.Preferences.Groups.Single().Judgements.Select(one => (one.Image, one.Good, one.Weight)));
    }

    [Theory]
    [InlineData("[[0],[1]]")]
    [InlineData("[[0],[1],[1,2]]")]
    [InlineData("[[0],[1],[3]]")]
    [InlineData("[[0],[1],[-1]]")]
    [InlineData("[[0],[],[1,2]]")]
    [InlineData("[[0],null,[1,2]]")]
    [InlineData("null")]
    public async Task Every_image_is_placed_exactly_once_or_the_vote_is_refused(string order)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 1, LabelingTask.Rank, new() { GroupSize = 3 });
        var person = Guid.NewGuid();
        var verdict = JsonText.Read<Verdict>($$"""{"kind":"ranking","order":{{order}},"displayed":true,"unblurred":true}""")!;
        var answer = await scene.Vote(person, (await scene.Next(person)).ItemId, verdict);
        Assert.Equal((Outcome.Refused, "Each of the 3 images needs exactly one place."), (answer.Outcome, answer.Reason));
    }

    [Fact]
    public async Task What_was_not_displayed_or_is_no_ranking_is_refused()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 1, LabelingTask.Rank, new() { GroupSize = 3 });
        var person = Guid.NewGuid();
        var item = (await scene.Next(person)).ItemId;
        Assert.Contains("not displayed", (await scene.Vote(person, item, Order([0], [1], [2]) with { Displayed = false })).Reason);
        Assert.Contains("does not fit", (await scene.Vote(person, item, new PairVerdict(PairPick.Left, true, true, true))).Reason);
        Assert.Equal(Outcome.Accepted, (await scene.Vote(person, item, Order([0], [1], [2]))).Outcome);
    }

    [Theory, OnEachDatabase]
    public async Task Figures_count_the_pairs_that_people_put_in_order(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, 1, LabelingTask.Rank, new() { GroupSize = 3, VotesPerItem = 2, EvaluationImages = 0 });
        var (ada, ben) = ((await scene.Person("Ada")).Id, (await scene.Person("Ben")).Id);
        await scene.Vote(ada, (await scene.Next(ada)).ItemId, Order([2], [0], [1]));
        await scene.Vote(ben, (await scene.Next(ben)).ItemId, Order([2], [0, 1]));
        await using var db = world.Open();
        Assert.Equal([("in order", 5), ("tie", 1)], (await LabelCounts.Read(db, scene.Project)).Select(label => (label.Label, label.Count)));
        Assert.Equal([3.0 / 5, 2.0 / 5], (await AnnotatorFigures.Read(db, scene.Project.Id)).OrderBy(person => person.Name).Select(person => person.Influence));
        Assert.Equal(3, (await LabelingProgress.Read(db, new(world.Clock), scene.Project.Id, ada, world.Now.AddHours(-1)))!.MyPairs);
        var tallies = await ImageTally.Read(db, scene.Epoch.Id);
        Assert.Equal([(2, 1, 2, 1), (2, 0, 3, 1), (2, 4, 0, 0)], tallies.Select(one => (one.Votes, one.Wins, one.Losses, one.Ties)));
        // Two of the three pairs are said alike: 0 before 2 and 1 before 2; about 0 and 1 one sees a tie.
        var agreement = await AgreementFigures.Read(db, scene.Project, null);
        Assert.Equal((3, 2), (agreement.Units, agreement.Raters));
        Assert.Equal(2.0 / 3, agreement.Percent, 9);
        // A tie beside an order is no split; two orders the other way round are (below).
        Assert.Empty(await ReviewedItem.Read(db, scene.Project, ReviewFilter.Split, new(), 0, 10));
        Assert.Empty(Labeler.Shared.Comparisons.Measures.Of(scene.Project));
    }

    [Theory]
    [InlineData("[[0],[1],[2],[3]]", true)]
    [InlineData("[[1],[0],[2],[3]]", true)]
    [InlineData("[[1],[2],[0],[3]]", false)]
    [InlineData("[[0,1,2,3]]", false)]
    public void Gold_is_met_by_an_order_that_has_three_of_four_pairs_right(string said, bool isRight) => Assert.Equal(
        isRight, GoldAnswer.IsRight(Order([0], [1], [2], [3]), new RankVerdict(JsonText.Read<List<List<int>>>(said)!, true, true)));

    [Theory, OnEachDatabase]
    public async Task Models_of_a_ranking_project_meet_in_blind_pairs(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, 8, LabelingTask.Rank, new() { GroupSize = 3, Anchors = 0 }, evaluations: 3);
        await scene.VoteAll(Guid.NewGuid(), _ => Order([0], [1], [2]));
        await scene.Learn(scene.Epoch, groups: 20);
        var asked = 0;
        await scene.VoteAll(Guid.NewGuid(), lease =>
        {
            asked += lease.Item!.Use == ItemUse.Duel ? 1 : 0;
            return lease.Item.Use == ItemUse.Duel ? new PairVerdict(lease.FirstOnLeft ? PairPick.Left : PairPick.Right, lease.FirstOnLeft, true, true) : Order([0], [1], [2]);
        });
        Assert.InRange(asked, 2, 6);
        await using var db = world.Open();
        var change = Assert.Single(await EpochChange.Read(db, scene.Project));
        Assert.Equal((2, 1, EpochChange.Preferred, 1.0), (change.Epoch, change.Against, change.Measure, change.Now));
    }

    private static RankVerdict Order(params int[][] places) => new(places, true, true);

    private static async Task<TrainingPlan> Plan(World world, int images, RankVerdict[] said, string algorithm = "d3po")
    {
        var scene = await Scene.Sampled(world, 1, LabelingTask.Rank, new() { GroupSize = images, VotesPerItem = said.Length, Algorithm = algorithm });
        foreach (var verdict in said)
        {
            var person = Guid.NewGuid();
            Assert.Equal(Outcome.Accepted, (await scene.Vote(person, (await scene.Next(person)).ItemId, verdict)).Outcome);
        }
        return await scene.Cycle.DryRun(scene.Epoch.Id);
    }

    private static IEnumerable<(int, int)> Pairs(TrainingPlan plan) => plan.Preferences.Groups.Single().Pairs.Select(pair => (pair.Winner, pair.Loser));

    private static IEnumerable<double> Weights(TrainingPlan plan) => plan.Preferences.Groups.Single().Pairs.Select(pair => pair.Weight);
}
