using Labeler.Shared.Imaging;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Worker;

/// <summary>What a frozen manifest says, in the engine's words: by people's votes, or by a learned reward.</summary>
internal static class ManifestEpoch
{
    /// <summary>The groups with a trajectory and a preference.</summary>
    /// <param name="pathOf">From a content hash to the file, which it has checked.</param>
    public static JudgedEpoch Of(Manifest manifest, Func<string, string> pathOf)
    {
        ManifestGroup[] groups = [.. manifest.Groups.Where(group => group.Trajectory is not null && group.Preferences.Count > 0)];
        string[] trajectories = [.. groups.Select(group => pathOf(group.Trajectory!))];
        return new JudgedEpoch(trajectories, [.. groups.Select(group => group.Prompt)], [.. groups.Select(RewardsOf)])
        {
            Preferences =
                [.. groups.SelectMany(
                    (group, number) => group.Preferences.Select(pair => new PreferencePair(number, pair.Winner, pair.Loser, pair.Weight)))],
        };
    }

    /// <summary>The groups with a trajectory, whose images a reward judges; the one with the higher reward wins a pair.</summary>
    /// <param name="pathOf">From a content hash to the file, which it has checked.</param>
    /// <exception cref="EngineException">No image has a reward.</exception>
    public static JudgedEpoch Of(Manifest manifest, Func<string, string> pathOf, IReward reward, Action<string> report,
        CancellationToken stop)
    {
        ManifestGroup[] groups = [.. manifest.Groups.Where(group => group.Trajectory is not null)];
        string[] trajectories = [.. groups.Select(group => pathOf(group.Trajectory!))];
        Candidate[] images = [.. groups.SelectMany((group, number) => group.Images.Select(pathOf).Select((path, image) =>
            new Candidate(number, image, group.Prompt, () => Picture.Decode(File.ReadAllBytes(path)))))];
        var rewards = new Queue<double>(reward.Of(images, report, stop));
        if (!rewards.Any(double.IsFinite))
        {
            throw new EngineException("no image has a reward, so there is nothing to learn");
        }
        return new JudgedEpoch(
            trajectories, [.. groups.Select(group => group.Prompt)],
                [.. groups.Select(group => group.Images.Select(_ => rewards.Dequeue()).ToArray())]);
    }

    /// <summary>Votes as a reward; see <see cref="PreferencePair.Rewards"/>.</summary>
    public static double[] RewardsOf(ManifestGroup group) =>
        PreferencePair.Rewards(group.Images.Count,
            [.. group.Preferences.Select(pair => new PreferencePair(0, pair.Winner, pair.Loser, pair.Weight))]);
}
