using Labeler.Shared.Imaging;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Worker;

/// <summary>What a frozen manifest says, in the engine's words: by people's votes, or by a learned reward.</summary>
internal static class ManifestEpoch
{
    /// <summary>The groups with a trajectory and something to learn from, then those that are held.</summary>
    /// <param name="pathOf">From a content hash to the file, which it has checked.</param>
    public static JudgedEpoch Of(Manifest manifest, Func<string, string> pathOf)
    {
        ManifestGroup[] groups = [.. Taught(manifest), .. manifest.Held ?? []];
        string[] trajectories = [.. groups.Select(group => pathOf(group.Trajectory!))];
        var pairs = Pairs(groups);
        if (manifest.Teacher is { } teacher)
        {
            return TaughtByScores.Of(groups, trajectories, pairs, teacher);
        }
        return new JudgedEpoch(trajectories, [.. groups.Select(group => group.Prompt)], RewardsOf(groups, pairs))
        {
            Preferences = pairs,
            Verdicts = [.. groups.SelectMany((group, number) =>
                (group.Verdicts ?? []).Select(one => new ImageVerdict(number, one.Image, one.Good, one.Weight)))],
        };
    }

    /// <summary>The groups with a trajectory, whose images a reward judges; the one with the higher reward wins a pair.</summary>
    /// <param name="pathOf">From a content hash to the file, which it has checked.</param>
    /// <exception cref="EngineException">No image has a reward.</exception>
    public static JudgedEpoch Of(Manifest manifest, Func<string, string> pathOf, IReward reward, Action<string> report,
        CancellationToken stop)
    {
        var groups = Taught(manifest);
        string[] trajectories = [.. groups.Select(group => pathOf(group.Trajectory!))];
        var rewards = RewardsOf(groups, pathOf, reward, report, stop);
        return rewards.Any(group => group.Any(double.IsFinite))
            ? new JudgedEpoch(trajectories, [.. groups.Select(group => group.Prompt)], rewards)
            : throw new EngineException("no image has a reward, so there is nothing to learn");
    }

    /// <summary>The groups that were learned from: with a trajectory and, where people judged, something that they said.</summary>
    public static IReadOnlyList<ManifestGroup> Taught(Manifest manifest)
    {
        var lost = manifest.Groups.SelectMany(group => group.Preferences).Select(pair => pair.LoserGroup).OfType<long>().ToHashSet();
        return [.. manifest.Groups.Where(
            group => group.Trajectory is not null && (manifest.Reward is not null || manifest.Teacher is not null
            || group.Preferences.Count > 0 || group.Verdicts is { Count: > 0 } || lost.Contains(group.Id)))];
    }

    /// <summary>What a reward says of the groups' images; NaN where it says nothing.</summary>
    public static IReadOnlyList<double[]> RewardsOf(IReadOnlyList<ManifestGroup> groups, Func<string, string> pathOf, IReward reward,
        Action<string> report, CancellationToken stop)
    {
        Candidate[] images = [.. groups.SelectMany((group, number) => group.Images.Select(pathOf).Select((path, image) =>
            new Candidate(number, image, group.Prompt, () => Picture.Decode(File.ReadAllBytes(path)))))];
        var rewards = new Queue<double>(reward.Of(images, report, stop));
        return [.. groups.Select(group => group.Images.Select(_ => rewards.Dequeue()).ToArray())];
    }

    /// <summary>Votes as rewards; see <see cref="PreferencePair.Rewards"/>.</summary>
    public static IReadOnlyList<double[]> RewardsOf(IReadOnlyList<ManifestGroup> groups) => RewardsOf(groups, Pairs(groups));

    private static IReadOnlyList<double[]> RewardsOf(IReadOnlyList<ManifestGroup> groups, IEnumerable<PreferencePair> pairs) =>
        PreferencePair.Rewards([.. groups.Select(group => group.Images.Count)], pairs);

    // A pair across groups needs the trajectories of both.
    private static IReadOnlyList<PreferencePair> Pairs(IReadOnlyList<ManifestGroup> groups)
    {
        var numbers = groups.Select((group, number) => (group.Id, number)).ToDictionary(one => one.Id, one => one.number);
        return
        [
            .. groups.SelectMany((group, number) => group.Preferences
                .Where(pair => pair.LoserGroup is not { } other || numbers.ContainsKey(other))
                .Select(pair => new PreferencePair(number, pair.Winner, pair.Loser, pair.Weight)
                {
                    Across = pair.LoserGroup is { } other ? numbers[other] : null,
                })),
        ];
    }
}
