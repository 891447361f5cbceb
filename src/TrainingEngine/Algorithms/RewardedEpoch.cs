using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;

namespace Labeler.TrainingEngine.Algorithms;

/// <summary>Sampled images and what they are worth: what the algorithms that follow a reward learn from.</summary>
/// <param name="Trajectories">Trajectory file of each group.</param>
/// <param name="Prompts">Prompt of each group.</param>
/// <param name="Rewards">By group and image; NaN for an image without one, which is left out.</param>
public sealed record RewardedEpoch(IReadOnlyList<string> Trajectories, IReadOnlyList<string> Prompts, IReadOnlyList<double[]> Rewards)
{
    /// <summary>The images of a folder of samples.</summary>
    public static RewardedEpoch Of(SampleFolder samples, IReadOnlyList<double[]> rewards) =>
        new([.. Enumerable.Range(0, samples.Groups).Select(samples.TrajectoryOf)], samples.Manifest.Prompts, rewards);

    /// <summary>The images that have a reward, in order.</summary>
    public IReadOnlyList<(int Group, int Image, double Reward)> Rewarded =>
        [.. Rewards.SelectMany((rewards, number) => rewards.Select((reward, image) => (number, image, reward)).Where(one => double.IsFinite(one.reward)))];

    /// <summary>The higher reward of a pair wins: what D3PO and Diffusion-DPO make of rewards. Equal rewards are a tie.</summary>
    public IReadOnlyList<PreferencePair> Preferences => [.. Rewards.SelectMany((rewards, number) => PreferencePair.FromVerdicts(number, rewards))];
}
