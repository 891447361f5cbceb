using Labeler.TrainingEngine.Diffusion;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>Sampled images and what they are worth: what every algorithm learns from.</summary>
/// <param name="Trajectories">Trajectory file of each group.</param>
/// <param name="Prompts">Prompt of each group.</param>
/// <param name="Rewards">By group and image; NaN for an image without one, which is left out.</param>
public sealed record JudgedEpoch(IReadOnlyList<string> Trajectories, IReadOnlyList<string> Prompts, IReadOnlyList<double[]> Rewards)
{
    private readonly IReadOnlyList<PreferencePair>? _preferences;
    private readonly IReadOnlyList<ImageVerdict>? _verdicts;

    /// <summary>The judgements as pairs. Where they are not given, the higher reward of a pair wins; equal rewards are a tie.</summary>
    public IReadOnlyList<PreferencePair> Preferences
    {
        get => _preferences ?? PreferencePair.FromVerdicts(Rewards);
        init => _preferences = value;
    }

    /// <summary>The judgements of images alone. Where they are not given, rewards above the mean of their prompt are good.</summary>
    public IReadOnlyList<ImageVerdict> Verdicts
    {
        get => _verdicts ?? ImageVerdict.FromRewards(Prompts, Rewards);
        init => _verdicts = value;
    }

    /// <summary>
    /// How many of the last trajectories are of earlier epochs and learned from again: the policies that sampled them stay
    /// their references, so their hashes and ratios are not those of the policy that is trained.
    /// </summary>
    public int Replayed { get; init; }

    /// <summary>The images that have a reward, in order.</summary>
    public IReadOnlyList<(int Group, int Image, double Reward)> Rewarded =>
        [.. Rewards.SelectMany(
            (rewards, group) => rewards.Select((reward, image) => (group, image, reward)).Where(one => double.IsFinite(one.reward)))];

    /// <summary>The images of a folder of samples.</summary>
    public static JudgedEpoch Of(SampleFolder samples, IReadOnlyList<double[]> rewards) =>
        new([.. Enumerable.Range(0, samples.Groups).Select(samples.TrajectoryOf)], samples.Manifest.Prompts, rewards);

    /// <summary>The pairs of an epoch, then those of earlier ones that are learned from again.</summary>
    /// <param name="epoch">That the policy sampled which is trained.</param>
    /// <param name="earlier">Of the policies before it.</param>
    public static JudgedEpoch Of(JudgedEpoch epoch, IReadOnlyList<JudgedEpoch> earlier)
    {
        var (files, preferences) = (new List<string>(), new List<PreferencePair>());
        foreach (var one in earlier.Prepend(epoch))
        {
            var first = files.Count;
            preferences.AddRange(
                one.Preferences.Select(pair => pair with { Group = first + pair.Group, Across = first + pair.Across }));
            files.AddRange(one.Trajectories);
        }
        return OfPairs(files, preferences) with { Replayed = files.Count - epoch.Trajectories.Count };
    }

    /// <summary>Pairs alone, of groups whose prompts and rewards are not asked for.</summary>
    public static JudgedEpoch OfPairs(IReadOnlyList<string> trajectories, IReadOnlyList<PreferencePair> preferences) =>
        new(trajectories, [], []) { Preferences = preferences };
}
