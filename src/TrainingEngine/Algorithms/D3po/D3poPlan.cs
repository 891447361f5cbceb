using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>What one optimizer step learns from: these preferences, at these sampling steps.</summary>
public sealed record PlannedStep(int InnerEpoch, IReadOnlyList<int> SamplingSteps, IReadOnlyList<PreferencePair> Preferences)
{
    /// <summary>The groups that occur in the preferences, in order.</summary>
    public IEnumerable<int> Groups => Preferences.SelectMany(pair => new[] { pair.Group, pair.LoserGroup }).Distinct();

    /// <summary>Different images in the preferences.</summary>
    public int ImageCount => PreferencePair.ImagesOf(Preferences).Length;
}

/// <summary>
/// The order of all optimizer steps. It is a function of the options and the preferences alone, so that a position in
/// it is all that a resumed run needs.
/// </summary>
public static class D3poPlan
{
    /// <summary>All steps of all inner epochs.</summary>
    /// <param name="preferences">The epoch's pairs; groups without a pair teach nothing and do not occur.</param>
    /// <param name="options">Mode, order and size of the steps.</param>
    /// <param name="trainedSteps">Sampling steps to train on.</param>
    public static IReadOnlyList<PlannedStep> Make(IReadOnlyList<PreferencePair> preferences, D3poOptions options, int[] trainedSteps)
    {
        var groups = PreferencePair.Joined(preferences);
        var plan = new List<PlannedStep>();
        for (var epoch = 0; epoch < options.InnerEpochs; epoch++)
        {
            var random = new Random(unchecked(options.Seed * 1_000_003 + epoch));
            var shuffled = groups.ToArray();
            random.Shuffle(shuffled);
            plan.AddRange(options.Mode == D3poMode.Official
                ? Official(epoch, shuffled, options, trainedSteps, random)
                : Grouped(epoch, shuffled, options, trainedSteps, random));
        }
        return plan;
    }

    private static IEnumerable<PlannedStep> Official(int epoch, PreferencePair[][] groups, D3poOptions options, int[] trainedSteps,
        Random random)
    {
        foreach (var group in groups)
        {
            var steps = Draw(trainedSteps, options.StepFraction, random);
            foreach (var pairs in group.Chunk(options.PairsPerStep))
            {
                yield return new PlannedStep(epoch, steps, pairs);
            }
        }
    }

    private static IEnumerable<PlannedStep> Grouped(int epoch, PreferencePair[][] groups, D3poOptions options, int[] trainedSteps,
        Random random)
    {
        foreach (var chunk in Chunk(groups, options.ImagesPerStep))
        {
            var steps = Draw(trainedSteps, options.StepFraction, random);
            foreach (var together in steps.Chunk(options.TimestepsPerStep == 0 ? steps.Length : options.TimestepsPerStep))
            {
                yield return new PlannedStep(epoch, together, chunk);
            }
        }
    }

    private static IEnumerable<PreferencePair[]> Chunk(PreferencePair[][] groups, int images)
    {
        var chunk = new List<PreferencePair>();
        var size = 0;
        foreach (var group in groups)
        {
            var count = PreferencePair.ImagesOf(group).Length;
            if (size > 0 && size + count > images)
            {
                yield return [.. chunk];
                chunk.Clear();
                size = 0;
            }
            chunk.AddRange(group);
            size += count;
        }
        if (size > 0)
        {
            yield return [.. chunk];
        }
    }

    private static int[] Draw(int[] steps, double fraction, Random random)
    {
        var shuffled = steps.ToArray();
        random.Shuffle(shuffled);
        return shuffled[..Math.Max(1, (int)(steps.Length * fraction))];
    }
}
