using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
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
        Assert.All(Algorithm.All, algorithm => Assert.Equal(algorithm.Standard.LearningRate, algorithm.Info.LearningRate));

    [Fact]
    public void What_is_said_of_an_algorithm_is_so_by_its_settings() =>
        Assert.All(Algorithm.All, algorithm => Assert.Equal(
            (algorithm.Standard is StepwiseOptions, algorithm.Standard is PolicyGradientOptions), (algorithm.Info.NeedsTrajectories, algorithm.Info.TakesBaseline)));

    [Fact]
    public void A_project_chooses_estimator_baseline_and_sparse_weights()
    {
        var settings = new TrainingOptions { Estimator = RewardEstimator.ScoreFunction, Baseline = RewardBaseline.Group, SparseRewards = true, BaseKlWeight = 0.04, TimestepsPerStep = 1 };
        var ddpo = (DdpoOptions)Algorithm.Find("ddpo").OfProject(settings, learnedReward: true);

        Assert.Equal((Estimator.ScoreFunction, Baseline.Group, 0.04, 1), (ddpo.Estimator, ddpo.Baseline, ddpo.KlWeight, ddpo.TimestepsPerStep));
        Assert.True(((RewardWeightedOptions)Algorithm.Find("reward-weighted").OfProject(settings, learnedReward: true)).Sparse);
        foreach (var (learned, baseline) in new[] { (true, Baseline.Prompt), (false, Baseline.Batch) })
        {
            Assert.Equal(baseline, ((DdpoOptions)Algorithm.Find("ddpo").OfProject(new TrainingOptions(), learned)).Baseline);
        }
    }

    [Fact]
    public void A_project_has_d3po_hold_the_base_model_s_colors_and_its_authors_hold_none()
    {
        var held = new TrainingOptions { HoldColor = 2, ColorBlind = true, Redraw = true, HoldAlike = true, LearningRateDecay = 0.5, WarmUpSteps = 12, StepFraction = 0.6, BaseKlWeight = 0.04, KlWeight = 0.02 };

        Assert.True((D3poOptions)Algorithm.Find("d3po").OfProject(held, learnedReward: false) is { HoldColor: 2, ColorBlind: true, Redraw: true, HoldAlike: true, LearningRateDecay: 0.5, WarmUpSteps: 12, StepFraction: 0.6, KlToBase: 0.04, KlToPrevious: 0.02, NeedsBase: true });
        Assert.False(((D3poOptions)Algorithm.Find("d3po").OfProject(new TrainingOptions(), learnedReward: false)).NeedsBase);
        Assert.True(PublishedSettings.Of(new ProjectSettings { ModelFolder = "models/sd15", Training = held }).Training is { HoldColor: 0, ColorBlind: false, Redraw: false, HoldAlike: false, LearningRateDecay: 0, WarmUpSteps: 0, StepFraction: 1 });
    }

    [Fact]
    public void Every_baseline_of_the_engine_can_be_chosen_by_a_project()
    {
        foreach (var name in new[] { "ddpo", "dpok" })
        {
            Assert.Equal(
                Enum.GetValues<Baseline>().Order(),
                Enum.GetValues<RewardBaseline>().Select(baseline => ((PolicyGradientOptions)Algorithm.Find(name).OfProject(new TrainingOptions { Baseline = baseline }, learnedReward: true)).Baseline).Distinct().Order());
        }
    }

    [Fact]
    public void The_authors_settings_of_ddpo_and_d3po_are_theirs()
    {
        var ddpo = (DdpoOptions)Algorithm.Find("ddpo").Published(AdapterKind.Lora)!;
        Assert.Equal((64, 0, 1, 3e-4, 1e-4), (ddpo.ImagesPerStep, ddpo.TimestepsPerStep, ddpo.InnerEpochs, ddpo.LearningRate, ddpo.Clip));
        Assert.Equal((5.0, 16, 16, 1.0, 1e-4), (ddpo.LargestAdvantage, ddpo.StatisticsBuffer, ddpo.StatisticsMinimum, ddpo.MaxGradientNorm, ddpo.WeightDecay));
        Assert.Equal((Baseline.Prompt, Estimator.ImportanceSampling), (ddpo.Baseline, ddpo.Estimator));
        Assert.Equal(1e-5, Algorithm.Find("ddpo").Published(AdapterKind.Full)!.LearningRate);
        var d3po = (D3poOptions)Algorithm.Find("d3po").Published(AdapterKind.Lora)!;
        Assert.Equal((D3poMode.Official, 1, 0.1, 0.1, 3e-5, 1), (d3po.Mode, d3po.PairsPerStep, d3po.Beta, d3po.Epsilon, d3po.LearningRate, d3po.InnerEpochs));
        Assert.Equal((0.9, 0.999, 1e-8, 1e-4, 1.0), (d3po.AdamBeta1, d3po.AdamBeta2, d3po.AdamEpsilon, d3po.WeightDecay, d3po.MaxGradientNorm));
        Assert.All(Algorithm.All.Where(one => PublishedSettings.Source(one.Info.Name) is null), one => Assert.Null(one.Published(AdapterKind.Lora)));
    }

    [Fact]
    public void An_unknown_algorithm_is_refused_with_the_names_of_all() =>
        Assert.Equal(
            $"there is no algorithm d4po; there are {string.Join(", ", AlgorithmInfo.All.Select(one => one.Name))}",
            Assert.Throws<EngineException>(() => Algorithm.Find("d4po")).Message);
}
