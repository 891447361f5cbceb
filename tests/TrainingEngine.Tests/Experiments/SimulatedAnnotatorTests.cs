using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Tests.Experiments;

public class SimulatedAnnotatorTests
{
    private static readonly Judgement Good = new(SceneFamily.Hand) { Fingers = 5 };
    private static readonly Judgement Bad = new(SceneFamily.Hand) { Fingers = 6 };

    [Fact]
    public void Without_errors_an_annotator_flags_what_is_not_good()
    {
        var annotator = new SimulatedAnnotator(new AnnotatorOptions());
        for (int number = 0; number < 30; number++)
        {
            var scene = Scene.Draw(11, number, SceneFamily.Hand);

            Assert.Equal(!scene.Truth.IsGood, annotator.Flags(scene.Picture, SceneFamily.Hand, number));
        }
    }

    [Fact]
    public void A_tenth_of_the_verdicts_is_wrong_when_told_so_and_the_same_tenth_each_time()
    {
        var annotator = new SimulatedAnnotator(new AnnotatorOptions(WrongShare: 0.1, Seed: 4));
        int[] first = [.. Enumerable.Range(0, 2000).Select(number => annotator.Prefer(Good, Bad, number))];
        int[] second = [.. Enumerable.Range(0, 2000).Select(number => annotator.Prefer(Good, Bad, number))];

        Assert.Equal(first, second);
        Assert.InRange(first.Count(side => side == -1), 150, 250);
    }

    [Fact]
    public void Annotators_with_different_seeds_err_about_different_images()
    {
        int[][] votes = [.. new long[] { 1, 2 }.Select(seed =>
        {
            var annotator = new SimulatedAnnotator(new AnnotatorOptions(WrongShare: 0.2, Seed: seed));
            return Enumerable.Range(0, 500).Select(number => annotator.Prefer(Good, Bad, number)).ToArray();
        })];

        Assert.NotEqual(votes[0], votes[1]);
    }

    [Fact]
    public void Ties_are_called_as_often_as_told_and_always_between_equals()
    {
        var annotator = new SimulatedAnnotator(new AnnotatorOptions(TieShare: 0.3));

        Assert.InRange(Enumerable.Range(0, 2000).Count(number => annotator.Prefer(Good, Bad, number) == 0), 520, 680);
        Assert.All(Enumerable.Range(0, 50), number => Assert.Equal(0, annotator.Prefer(Good, Good, number)));
    }

    [Fact]
    public void A_wrong_verdict_on_equals_prefers_either()
    {
        var annotator = new SimulatedAnnotator(new AnnotatorOptions(WrongShare: 0.2));
        int[] votes = [.. Enumerable.Range(0, 2000).Select(number => annotator.Prefer(Good, Good, number))];

        Assert.InRange(votes.Count(vote => vote == 1), 150, 250);
        Assert.InRange(votes.Count(vote => vote == -1), 150, 250);
    }

    [Fact]
    public void A_pair_of_which_neither_is_preferred_is_a_tie_or_bad_on_both_sides()
    {
        var annotator = new SimulatedAnnotator(new AnnotatorOptions());

        Assert.Equal([PairPick.Left, PairPick.Right, PairPick.Tie, PairPick.BothBad], new[] { (Good, Bad), (Bad, Good), (Good, Good), (Bad, Bad) }.Select(pair => annotator.Pick(pair.Item1, pair.Item2, 0)));
    }

    [Fact]
    public void A_wrong_score_is_another_score_of_the_rubric()
    {
        var scene = Scene.Draw(12, 0, SceneFamily.Mirror);
        var annotator = new SimulatedAnnotator(new AnnotatorOptions(WrongShare: 1));

        Assert.All(Enumerable.Range(0, 20), number =>
        {
            int score = annotator.Score(scene.Picture, number);
            Assert.NotEqual(scene.Truth.Score, score);
            Assert.Contains(score, MirrorRubric.Scores);
        });
    }

    [Fact]
    public void A_share_beyond_one_is_refused_by_name()
    {
        var error = Assert.Throws<EngineException>(() => new SimulatedAnnotator(new AnnotatorOptions(WrongShare: 1.5)));

        Assert.Equal("the share of wrong labels is 1.5; 0 to 1 is possible", error.Message);
    }
}
