using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// Groups whose images were all judged alike. They give no pair, so nothing pulls on them while the others move the model: an epoch in
/// which green reflections are right and blue ones are not would turn green ones blue. Here they are part of the optimizer steps, by pairs
/// of weight 0, so that the pulls are means over all pictures of the epoch.
/// </summary>
internal static class JudgedAlike
{
    /// <summary>The epoch's own groups without a pair.</summary>
    public static int[] Groups(JudgedEpoch epoch) =>
    [
        .. Enumerable.Range(0, epoch.Trajectories.Count - epoch.Replayed)
            .Except(epoch.Preferences.SelectMany(pair => new[] { pair.Group, pair.LoserGroup })),
    ];

    /// <summary>Pairs of weight 0 in which every image of these groups occurs; a group of one image gives none.</summary>
    public static IEnumerable<PreferencePair> Pairs(IEnumerable<int> groups, EpochData data) =>
        from grouped in groups
        from image in Enumerable.Range(1, Math.Max(0, data.Sizes[grouped] - 1))
        select new PreferencePair(grouped, 0, image, 0);
}
