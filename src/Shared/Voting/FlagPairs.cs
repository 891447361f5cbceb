namespace Labeler.Shared.Voting;

/// <summary>The pairs that flags teach, where how many people flagged each image is all that is known: those of
/// <see cref="Preferences"/>, without items and votes.</summary>
public static class FlagPairs
{
    /// <param name="shares">By group and image, the share of people who flagged it.</param>
    /// <param name="prompts">Prompt of each group.</param>
    /// <param name="acrossGroups">Pairs between groups of one prompt, too.</param>
    /// <returns>Each with its winner's group.</returns>
    public static IReadOnlyList<(int Group, Preference Pair)> Of(IReadOnlyList<IReadOnlyList<double>> shares,
        IReadOnlyList<string> prompts, bool acrossGroups)
    {
        var judged = shares.Select((group, number) => (Group: (long)number,
            Images: (IReadOnlyList<Standing>)[.. Standing.Flagged(group.Select((share, image) => (image, share)))])).ToList();
        var within = judged.SelectMany(one => Standing.Pairs(one.Images).Select(pair => ((int)one.Group, pair)));
        if (!acrossGroups)
        {
            return [.. within];
        }
        var across = AcrossGroups.Pairs(judged, prompts.Select((prompt, group) => (prompt, group))
            .ToDictionary(one => (long)one.group, one => one.prompt));
        return [.. within, .. across.SelectMany(pairs => pairs.Select(pair => ((int)pairs.Key, pair)))];
    }
}
