namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// Which pairs are learned from and which are kept to measure. Groups are never divided. Prompts are held out in turn (folds), each time
/// for
/// a model of its own that learns from the others, so that the model that is kept loses none of them.
/// </summary>
internal sealed record RewardPlan(
    IReadOnlyList<JudgedPair> Learned, IReadOnlyList<JudgedPair> HeldOut, IReadOnlyList<IReadOnlyList<JudgedPair>> Parts,
    IReadOnlyList<(IReadOnlyList<JudgedPair> Learned, IReadOnlyList<JudgedPair> Asked)> Folds)
{
    private static readonly int[] Shares = [8, 4, 2];

    /// <summary>Trainings in all: the model's own, one for each part of the curve and one for each fold.</summary>
    public int Trainings => 1 + Parts.Count + Folds.Count;

    /// <param name="newPrompts">Whether it may know new prompts, which then is measured.</param>
    /// <exception cref="EngineException">There are too few groups.</exception>
    public static RewardPlan Of(IReadOnlyList<JudgedPair> pairs, RewardModelOptions options, bool newPrompts)
    {
        int[] groups = [.. pairs.Select(pair => pair.Group).Distinct().Order()];
        if (groups.Length < 2)
        {
            throw new EngineException($"{groups.Length} judged groups are too few for a reward model: some must be held out to measure it");
        }
        new Random(options.Seed).Shuffle(groups);
        var heldOut = Math.Clamp((int)Math.Round(options.HeldOutShare * groups.Length), 1, groups.Length - 1);
        var learned = Of(pairs, groups[heldOut..]);
        return new(
            learned, Of(pairs, groups[..heldOut]),
            options.Curve
                ? [.. Shares.Select(share => (groups.Length - heldOut) / share).Where(count => count > 1).Distinct()
                    .Select(count => Of(pairs, groups[heldOut..(heldOut + count)]))]
                : [],
            newPrompts ? [.. FoldsOf(pairs, learned, options)] : []);
    }

    private static IEnumerable<(IReadOnlyList<JudgedPair>, IReadOnlyList<JudgedPair>)> FoldsOf(IReadOnlyList<JudgedPair> pairs,
        IReadOnlyList<JudgedPair> learned, RewardModelOptions options)
    {
        string[] prompts = [.. pairs.Select(pair => pair.Prompt).Distinct().Order(StringComparer.Ordinal)];
        new Random(options.Seed).Shuffle(prompts);
        var count = Math.Min(options.PromptFolds, prompts.Length);
        for (var fold = 0; fold < count && count > 1; fold++)
        {
            var asked = prompts.Where((_, n) => n % count == fold).ToHashSet();
            JudgedPair[] others = [.. learned.Where(pair => !asked.Contains(pair.Prompt))];
            if (others.Length > 0)
            {
                yield return (others, [.. pairs.Where(pair => asked.Contains(pair.Prompt))]);
            }
        }
    }

    private static JudgedPair[] Of(IReadOnlyList<JudgedPair> pairs, int[] groups)
    {
        var kept = groups.ToHashSet();
        return [.. pairs.Where(pair => kept.Contains(pair.Group))];
    }
}
