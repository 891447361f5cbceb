using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>From rewards to advantages: how much better an image is than what was to be expected of it.</summary>
public static class Advantages
{
    private const double Epsilon = 1e-6, GroupEpsilon = 1e-8;

    /// <summary>One advantage for each image that has a reward.</summary>
    /// <param name="epoch">Images and rewards.</param>
    /// <param name="baseline">What they are compared with.</param>
    /// <param name="tracker">Running statistics; those of earlier epochs go on where they are given.</param>
    /// <param name="greedy">Reward by group of the image without noise; <see cref="Baseline.Greedy"/> needs it.</param>
    /// <exception cref="EngineException">Nothing differs, or a reward is missing.</exception>
    public static IReadOnlyList<WeightedImage> Of(
        JudgedEpoch epoch, Baseline baseline, PerPromptStatTracker? tracker = null, IReadOnlyList<double>? greedy = null)
    {
        var images = epoch.Rewarded;
        if (images.Select(image => image.Reward).Distinct().Count() < 2)
        {
            throw new NothingToLearnException("all images have the same reward");
        }
        double[] rewards = [.. images.Select(image => image.Reward)];
        double[] advantages = baseline switch
        {
            Baseline.Prompt =>
                (tracker ?? new PerPromptStatTracker()).Update([.. images.Select(image => epoch.Prompts[image.Group])], rewards),
            Baseline.Batch => Normalised(rewards, Epsilon),
            Baseline.Group =>
                [.. images.GroupBy(image => image.Group)
                    .SelectMany(group => Normalised([.. group.Select(image => image.Reward)], GroupEpsilon))],
            _ => AboveGreedy(images,
                greedy ?? throw new EngineException("the greedy baseline needs the reward of an image without noise for each group")),
        };
        return [.. images.Zip(advantages, (image, advantage) => new WeightedImage(image.Group, image.Image, advantage))];
    }

    // (r − mean) / (deviation + ε), the population's deviation.
    private static double[] Normalised(double[] rewards, double epsilon)
    {
        var mean = rewards.Average();
        var deviation = Deviation(rewards);
        return [.. rewards.Select(reward => (reward - mean) / (deviation + epsilon))];
    }

    private static double[] AboveGreedy(IReadOnlyList<(int Group, int Image, double Reward)> images, IReadOnlyList<double> greedy)
    {
        var lacking = images.Where(image => image.Group >= greedy.Count || !double.IsFinite(greedy[image.Group]))
            .Select(image => (int?)image.Group).FirstOrDefault();
        if (lacking is { } group)
        {
            throw new EngineException(
                $"the image without noise of group {group} has no reward, so the greedy baseline cannot be had; take another baseline");
        }
        return [.. images.Select(image => image.Reward - greedy[image.Group])];
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
