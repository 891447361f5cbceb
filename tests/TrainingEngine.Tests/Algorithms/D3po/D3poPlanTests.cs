using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class D3poPlanTests
{
    private static readonly double[][] Verdicts =
    [
        [-1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0], [-1, -1, 0, 0, 0, 0, 0], [-1, -1, -1, -1, -1, -1, -1], [-1, -1, -1, 0, 0, 0, 0],
    ];

    private static readonly PreferencePair[] Preferences = [.. Verdicts.SelectMany((verdicts, group) => PreferencePair.FromVerdicts(group, verdicts))];

    [Fact]
    public void A_group_flagged_all_or_none_teaches_nothing()
    {
        var plan = D3poPlan.Make(Preferences, new D3poOptions(), [0, 1, 2]);

        Assert.Equal([0, 2, 4], plan.SelectMany(step => step.Groups).Distinct().Order());
    }

    [Theory]
    [InlineData(7, 1, 9)]
    [InlineData(14, 1, 6)]
    [InlineData(1000, 1, 3)]
    [InlineData(14, 0, 2)]
    [InlineData(3, 2, 6)]
    public void A_grouped_step_holds_whole_groups_up_to_its_images(int images, int timesteps, int steps)
    {
        var options = new D3poOptions { ImagesPerStep = images, TimestepsPerStep = timesteps };

        var plan = D3poPlan.Make(Preferences, options, [5, 6, 7]);

        Assert.Equal(steps, plan.Count);
        Assert.Equal(28 * 3, plan.Sum(step => step.Preferences.Count * step.SamplingSteps.Count));
        Assert.Equal(
            from preference in Preferences from step in new[] { 5, 6, 7 } orderby preference.Group, preference.Winner, preference.Loser, step select (preference, step),
            from planned in plan
            from preference in planned.Preferences
            from step in planned.SamplingSteps
            orderby preference.Group, preference.Winner, preference.Loser, step
            select (preference, step));
    }

    [Fact]
    public void The_official_mode_takes_one_optimizer_step_per_pair_over_all_its_timesteps()
    {
        var plan = D3poPlan.Make(Preferences, new D3poOptions { Mode = D3poMode.Official }, [0, 1, 2]);

        Assert.Equal(28, plan.Count);
        Assert.All(plan, step => Assert.Equal([0, 1, 2], step.SamplingSteps.Order()));
    }

    [Fact]
    public void The_order_follows_the_seed_and_changes_with_every_inner_epoch()
    {
        var options = new D3poOptions { InnerEpochs = 3, ImagesPerStep = 7, Seed = 5 };
        int[] trained = [.. Enumerable.Range(0, 20)];
        string Order(D3poOptions chosen, int epoch) => string.Join(' ', D3poPlan.Make(Preferences, chosen, trained)
            .Where(step => step.InnerEpoch == epoch).Select(step => $"{step.Groups.Single()}:{step.SamplingSteps.Single()}"));

        Assert.Equal(Order(options, 1), Order(options with { }, 1));
        Assert.NotEqual(Order(options, 0), Order(options, 1));
        Assert.NotEqual(Order(options, 0), Order(options with { Seed = 6 }, 0));
    }

    [Fact]
    public void A_fraction_of_the_steps_is_drawn_anew_for_every_group()
    {
        var options = new D3poOptions { StepFraction = 0.15, ImagesPerStep = 7, TimestepsPerStep = 0 };

        var plan = D3poPlan.Make(Preferences, options, [.. Enumerable.Range(0, 20)]);

        Assert.All(plan, step => Assert.Equal(3, step.SamplingSteps.Distinct().Count()));
        Assert.True(plan.Select(step => string.Join(' ', step.SamplingSteps.Order())).Distinct().Count() > 1);
    }

    [Fact]
    public void Steps_are_chosen_by_range_and_by_weight()
    {
        Assert.Equal(Enumerable.Range(2, 12), new D3poOptions { FirstStep = 2, LastStep = 13 }.TrainedSteps(20));
        Assert.Equal([0, 2], new D3poOptions { StepWeights = [1, 0, 0.5] }.TrainedSteps(3));
        Assert.Contains("steps 0 to 2", Assert.Throws<EngineException>(() => new D3poOptions { FirstStep = 3 }.TrainedSteps(3)).Message);
    }

    [Fact]
    public void A_value_outside_its_range_is_named()
    {
        Assert.Contains("LearningRate", Assert.Throws<EngineException>(() => new D3poOptions { LearningRate = 2 }.Validate()).Message);
        Assert.Contains("Epsilon", Assert.Throws<EngineException>(() => new D3poOptions { Epsilon = double.NaN }.Validate()).Message);
        Assert.Contains("StepWeights", Assert.Throws<EngineException>(() => new D3poOptions { StepWeights = [-1] }.Validate()).Message);
        new D3poOptions().Validate();
    }
}
