using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;

namespace Labeler.TrainingEngine.Tests.Algorithms;

public sealed class RegistryTests
{
    [Fact]
    public void Every_algorithm_that_people_can_choose_is_one_that_the_engine_has() =>
        Assert.Equal(AlgorithmInfo.All, Algorithm.All.Select(one => one.Info));

    [Fact]
    public void A_project_s_settings_are_valid_for_every_algorithm_by_default()
    {
        Assert.All(Algorithm.All, algorithm =>
        {
            algorithm.OfProject(new TrainingOptions(), learnedReward: false).Validate();
            algorithm.OfProject(new TrainingOptions(), learnedReward: true).Validate();
        });
    }

    [Fact]
    public void The_form_gives_a_project_each_algorithm_s_own_learning_rate() =>
        Assert.All(Algorithm.All, algorithm => Assert.Equal(algorithm.Published.LearningRate, algorithm.Info.LearningRate));

    [Fact]
    public void A_project_chooses_estimator_baseline_and_sparse_weights()
    {
        var settings = new TrainingOptions { Estimator = RewardEstimator.ScoreFunction, Baseline = RewardBaseline.Group, SparseRewards = true };
        var ddpo = (DdpoOptions)Algorithm.Find("ddpo").OfProject(settings, learnedReward: true);

        Assert.Equal((Estimator.ScoreFunction, Baseline.Group), (ddpo.Estimator, ddpo.Baseline));
        Assert.True(((RewardWeightedOptions)Algorithm.Find("reward-weighted").OfProject(settings, learnedReward: true)).Sparse);
        foreach (var (learned, baseline) in new[] { (true, Baseline.Prompt), (false, Baseline.Batch) })
        {
            Assert.Equal(baseline, ((DdpoOptions)Algorithm.Find("ddpo").OfProject(new TrainingOptions(), learned)).Baseline);
        }
    }

    [Fact]
    public void An_unknown_algorithm_is_refused_with_the_names_of_all() =>
        Assert.Equal(
            $"there is no algorithm d4po; there are {string.Join(", ", AlgorithmInfo.All.Select(one => one.Name))}",
            Assert.Throws<EngineException>(() => Algorithm.Find("d4po")).Message);
}
