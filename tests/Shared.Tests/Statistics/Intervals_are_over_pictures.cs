using Labeler.Bench.Figures;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Tests.Statistics;

[Collection(Databases.Collection)]
public sealed class Intervals_are_over_pictures(Databases databases)
{
    private static readonly SimulatedRaters[] Epochs = [new(100, 1, 0), new(50, 7, 0.3)];

    [Theory]
    [InlineData("scores", 0)]
    [InlineData("scores", 1)]
    [InlineData("categories", 0)]
    [InlineData("categories", 1)]
    [InlineData("flags", 0)]
    [InlineData("flags", 1)]
    [InlineData("pairs", 0)]
    [InlineData("pairs", 1)]
    public void Two_equal_models_are_rarely_told_apart_and_the_truth_is_inside(string task, int epoch)
    {
        var equal = EqualModels.Judge(Epochs[epoch], Measurement.All.Single(one => one.Task == task), clustered: true, repetitions: 1000, seed: 1);
        Assert.InRange(equal.RolledBack, 0, 0.05);
        Assert.InRange(equal.Covered, 0.93, 0.97);
    }

    [Theory]
    [InlineData("scores")]
    [InlineData("pairs")]
    public void Votes_taken_for_independent_would_have_told_them_apart(string task)
    {
        var equal = EqualModels.Judge(Epochs[0], Measurement.All.Single(one => one.Task == task), clustered: false, repetitions: 300, seed: 1);
        Assert.True(equal.RolledBack > 0.05 && equal.Covered < 0.93);
    }

    [Theory]
    [InlineData(LabelingTask.Score)]
    [InlineData(LabelingTask.Categorise)]
    [InlineData(LabelingTask.FlagBatch)]
    [InlineData(LabelingTask.PreferPair)]
    public async Task Three_people_who_say_the_same_know_no_more_than_one(LabelingTask task)
    {
        var (one, three) = (await Widths(task, 1), await Widths(task, 3));
        Assert.NotEmpty(one);
        Assert.All(one.Zip(three), pair => Assert.Equal(pair.First, pair.Second, 9));
    }

    [Fact]
    public async Task A_persons_share_of_flags_is_no_surer_than_their_verdicts_are_many()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 8);
        var (person, n) = (await scene.Person("Ada"), 0);
        await scene.VoteAll(person.Id, _ => n++ % 2 == 0 ? Scene.Flag(0, 1, 2, 3, 4, 5, 6) : Scene.Flag());

        await using var db = world.Open();
        var flagged = Assert.Single(await AnnotatorFigures.Read(db, scene.Project.Id)).Flagged;

        Assert.Equal((28, 56, 0.5), (flagged.Count, flagged.Of, flagged.Share));
        Assert.InRange(flagged.High - flagged.Low, 0.55, 0.75);
        Assert.True(Proportion.Wilson(28, 56) is var alone && alone.High - alone.Low < 0.26);
    }

    // From a printed table (R. A. Fisher and F. Yates, 1963, table III).
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(9, 2.262)]
    [InlineData(10, 2.228)]
    [InlineData(30, 2.042)]
    [InlineData(120, 1.980)]
    public void Students_quantiles_are_the_printed_ones(int freedom, double quantile) => Assert.Equal(quantile, StudentT.Of(freedom), 3);

    [Fact]
    public void A_share_without_any_difference_is_not_certain()
    {
        var all = Cluster.Share(Enumerable.Repeat(new Cluster(7, 7, 7, 21), 3));
        Assert.Equal(Proportion.Wilson(21, 21), all);
        var alone = Cluster.Share([new Cluster(3, 7, 7, 7)]);
        Assert.True(alone.High - alone.Low > 0.7);
        var scores = MeanScores.Of(1, Scale.Rubric, [[[10, 10]], [[10, 10]], [[10, 10]]]);
        Assert.True(scores is { Mean: 10, High: 10, Low: < 6 });
    }

    /// <summary>The widths of all the intervals that a project shows, where everybody says the same about the same.</summary>
    private async Task<double[]> Widths(LabelingTask task, int people)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var settings = new ProjectSettings
        {
            GroupSize = task switch { LabelingTask.FlagBatch => 7, LabelingTask.PreferPair => 2, _ => 1 },
            VotesPerItem = people,
            Choices = task == LabelingTask.Score ? Scale.Rubric : task == LabelingTask.Categorise ? Scale.Labels : [],
        };
        var scene = await Scene.Sampled(world, groups: 8, task, settings);
        for (var person = 0; person < people; person++)
        {
            await scene.VoteAll(Guid.NewGuid(), lease => Said(task, lease));
        }
        await using var db = world.Open();
        return
        [
            .. (await LabelCounts.Read(db, scene.Project)).Select(one => one.Share.High - one.Share.Low),
            .. scene.Project.AsksForOption ? (await MeanScores.Read(db, scene.Project)).Select(one => one.High - one.Low) : [],
            .. task == LabelingTask.FlagBatch ? (await EpochRates.Read(db, scene.Project.Id)).Select(one => one.Normal.High - one.Normal.Low) : [],
        ];
    }

    private static Verdict Said(LabelingTask task, Lease lease)
    {
        var odd = lease.ItemId % 3 == 0;
        return task switch
        {
            LabelingTask.FlagBatch => odd ? Scene.Flag(0, 1, 2, 3, 4) : Scene.Flag(5),
            LabelingTask.PreferPair => new PairVerdict(odd == lease.FirstOnLeft ? PairPick.Left : PairPick.Right, lease.FirstOnLeft, true, true),
            LabelingTask.Score => new ChoiceVerdict(odd ? "3" : "10", true, true),
            _ => new ChoiceVerdict(odd ? "Label 3" : "Label 1", true, true),
        };
    }
}
