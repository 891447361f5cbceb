using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>From rewards to advantages, weights and preferences.</summary>
public sealed class WeightTests
{
    private static readonly JudgedEpoch Epoch = new(["0", "1"], ["a cat", "a dog"], [[1, 2, 6], [10, double.NaN, 20]]);

    [Fact]
    public void The_batch_baseline_is_mean_and_population_deviation_of_all()
    {
        double[] rewards = [1, 2, 6, 10, 20];
        var deviation = Math.Sqrt(rewards.Average(reward => Math.Pow(reward - 7.8, 2)));

        Near([.. rewards.Select(reward => (reward - 7.8) / deviation)], Baseline.Batch);
    }

    [Fact]
    public void The_group_baseline_is_each_groups_own()
    {
        var deviation = Math.Sqrt((4 + 1 + 9) / 3.0);

        Near([-2 / deviation, -1 / deviation, 3 / deviation, -1, 1], Baseline.Group);
    }

    [Fact]
    public void A_group_of_equal_rewards_teaches_nothing_under_its_own_baseline() =>
        Assert.All(Advantages.Of(Epoch with { Rewards = [[3, 3, 3], [1, 2, 3]] }, Baseline.Group).Take(3), image => Assert.Equal(0, image.Weight));

    [Fact]
    public void The_greedy_baseline_is_the_plain_difference_to_the_reward_of_the_image_without_noise()
    {
        Near([-3, -2, 2, -6, 4], Baseline.Greedy, greedy: [4, 16]);
        Assert.Contains("group 1 has no reward", Assert.Throws<EngineException>(() => Advantages.Of(Epoch, Baseline.Greedy, greedy: [4, double.NaN])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_prompts_statistics_go_on_from_epoch_to_epoch()
    {
        var tracker = new PerPromptStatTracker(bufferSize: 6, minimumCount: 3);
        Advantages.Of(Epoch, Baseline.Prompt, tracker);
        var second = Advantages.Of(Epoch with { Rewards = [[3, 3, 3], [15, 15, 15]] }, Baseline.Prompt, tracker);

        double[] cats = [1, 2, 6, 3, 3, 3];
        var deviation = Math.Sqrt(cats.Average(reward => Math.Pow(reward - 3, 2)));
        Assert.All(second.Take(3), image => Assert.Equal(0 / deviation, image.Weight, 5));
        Assert.All(second.Skip(3), image => Assert.Equal(0, image.Weight, 5));
    }

    [Fact]
    public void Equal_rewards_everywhere_are_refused() =>
        Assert.Contains("all images have the same reward", Assert.Throws<NothingToLearnException>(() => Advantages.Of(Epoch with { Rewards = [[1, 1]] }, Baseline.Batch)).Message, StringComparison.Ordinal);

    [Fact]
    public void Reward_weights_are_a_softmax_that_sums_up_to_the_images()
    {
        var weights = RewardWeightedAlgorithm.Weights([1, 2, 4], new RewardWeightedOptions { Temperature = 0.5 });

        var powers = new[] { Math.Exp(0.5), Math.Exp(1), Math.Exp(2) };
        Assert.All(weights.Zip(powers), pair => Assert.Equal(3 * pair.Second / powers.Sum(), pair.First, 9));
    }

    [Fact]
    public void Huge_rewards_do_not_overflow_the_softmax()
    {
        var weights = RewardWeightedAlgorithm.Weights([1e6, 1e6 + 5, -1e6], new RewardWeightedOptions());

        Assert.Equal(3, weights.Sum(), 9);
        Assert.Equal(Math.E, weights[1] / weights[0], 9);
    }

    [Fact]
    public void Sparse_weights_are_1_for_the_best_tenth_and_0_elsewhere()
    {
        var weights = RewardWeightedAlgorithm.Weights([.. Enumerable.Range(0, 30).Select(number => (double)(number * 7 % 30))], new RewardWeightedOptions { Sparse = true });

        Assert.Equal(3, weights.Sum());
        Assert.All(Enumerable.Range(0, 30), number => Assert.Equal(number * 7 % 30 >= 27 ? 1 : 0, weights[number]));
    }

    [Fact]
    public void The_higher_reward_wins_every_pair_and_images_without_one_take_no_part()
    {
        PreferencePair[] expected = [new(0, 1, 0), new(0, 2, 0), new(0, 2, 1), new(1, 2, 0)];

        Assert.Equal(expected, Epoch.Preferences);
        Assert.Equal([(0, 2), (1, 2)], PreferredAlgorithm.Preferred(Epoch.Preferences));
    }

    private static void Near(double[] expected, Baseline baseline, IReadOnlyList<double>? greedy = null)
    {
        var images = Advantages.Of(Epoch, baseline, greedy: greedy);
        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 0), (1, 2)], images.Select(image => (image.Group, image.Image)));
        Assert.All(expected.Zip(images), pair => Assert.Equal(pair.First, pair.Second.Weight, 5));
    }
}
