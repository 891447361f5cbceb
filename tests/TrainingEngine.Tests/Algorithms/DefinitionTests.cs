using Labeler.Shared.Photos;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.DiffusionKto;
using Labeler.TrainingEngine.Algorithms.Dpok;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Commands;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>The numbers of docs/definitions.md that no other test holds.</summary>
public sealed class DefinitionTests
{
    [Fact]
    public void The_optimizer_is_adamw_as_in_the_programs_of_ddpo_and_d3po()
    {
        UpdateOptions options = new DpokOptions();
        Assert.Equal(
            (0.9, 0.999, 1e-8, 1e-4, 1.0),
            (options.AdamBeta1, options.AdamBeta2, options.AdamEpsilon, options.WeightDecay, options.MaxGradientNorm));
    }

    [Fact]
    public void Temperatures_and_weights_are_the_sources()
    {
        Assert.Equal((2000, 2000), (new DiffusionDpoOptions().Beta, new TrainingOptions().DiffusionDpoBeta));
        Assert.Equal((1000, Utility.KahnemanTversky, 0.5), (new DiffusionKtoOptions().Beta, new DiffusionKtoOptions().Utility, new DiffusionKtoOptions().GoodShare));
        Assert.Equal((0.01, 0.01), (new DpokOptions().KlWeight, new TrainingOptions().DpokKlWeight));
        Assert.Equal((0.2, 0.1), (new RewardWeightedOptions().Temperature, new RewardWeightedOptions().BestShare));
    }

    [Fact]
    public void Fine_tuning_is_the_mirror_report_s_in_the_engine_and_in_the_application()
    {
        var (engine, web) = (new SupervisedOptions(), new FineTuneOptions());
        Assert.Equal((1e-7, 400, 8, 4000, 8),
            (engine.LearningRate, engine.WarmUpSteps, engine.ImagesPerStep, engine.Steps, SupervisedOptions.AdapterRank));
        var command = TrainCommand.Create().Subcommands.Single(one => one.Name == "supervised");
        Assert.Equal(8, command.Parse([]).GetValue<int>("--lora-rank"));
        Assert.Equal((1e-7, 400, 8, 4000, 8), (web.LearningRate, web.WarmUpSteps, web.ImagesPerStep, web.Steps, web.Rank));
    }

    // RLOO (arXiv 2402.14740): r_i less the mean of the others is k/(k − 1) times r_i less the mean of all.
    [Fact]
    public void The_group_s_baseline_is_rloo_s_but_for_a_factor()
    {
        double[] rewards = [1, 2, 6, 11];
        var epoch = new JudgedEpoch(["0"], ["a cat"], [rewards]);
        var group = Advantages.Of(epoch, Baseline.Group).Select(image => image.Weight).ToArray();
        double[] rloo = [.. rewards.Select(reward => reward - (rewards.Sum() - reward) / 3)];
        Assert.All(group.Zip(rloo), pair => Assert.Equal(group[0] / rloo[0], pair.First / pair.Second, 9));
    }
}
