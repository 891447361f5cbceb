using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>What one optimizer step of a policy gradient learns from.</summary>
internal sealed record PolicyGradientStep(int Pass, IReadOnlyList<int> SamplingSteps, IReadOnlyList<WeightedImage> Images)
{
    /// <summary>The groups of its images.</summary>
    public IEnumerable<int> Groups => Images.Select(image => image.Group).Distinct();
}

/// <summary>The order of all optimizer steps, a function of the options and the images alone.</summary>
internal static class PolicyGradientPlan
{
    /// <summary>All steps of all passes: images shuffled, then a batch's timesteps.</summary>
    public static IReadOnlyList<PolicyGradientStep> Make(IReadOnlyList<WeightedImage> images, PolicyGradientOptions options,
        int[] trainedSteps)
    {
        var plan = new List<PolicyGradientStep>();
        for (var pass = 0; pass < options.InnerEpochs; pass++)
        {
            var random = new Random(unchecked((options.Seed * 1_000_003) + pass));
            var shuffled = images.ToArray();
            random.Shuffle(shuffled);
            foreach (var batch in shuffled.Chunk(options.ImagesPerStep == 0 ? shuffled.Length : options.ImagesPerStep))
            {
                var steps = trainedSteps.ToArray();
                random.Shuffle(steps);
                WeightedImage[] ordered = [.. batch.OrderBy(image => image.Group).ThenBy(image => image.Image)];
                plan.AddRange(steps.Chunk(options.TimestepsPerStep == 0 ? steps.Length : options.TimestepsPerStep)
                    .Select(together => new PolicyGradientStep(pass, together, ordered)));
            }
        }
        return plan;
    }
}
