namespace Labeler.TrainingEngine.Training.Data;

/// <summary>One image judged alone.</summary>
/// <param name="Group">Index of its group in the run's list of trajectories.</param>
/// <param name="Image">Index inside the group.</param>
/// <param name="Good">Whether more like it are wanted, or fewer.</param>
/// <param name="Weight">How sure the judgement is, above 0 to 1.</param>
public sealed record ImageVerdict(int Group, int Image, bool Good, double Weight = 1)
{
    /// <summary>People's −1 (flagged) and 0, averaged: the majority decides, and its lead is the weight. An image without one is left
    /// out.</summary>
    /// <param name="verdicts">By group and image, −1 to 0; NaN where nobody judged.</param>
    public static IReadOnlyList<ImageVerdict> FromFlags(IReadOnlyList<double[]> verdicts) =>
    [
        .. from one in Finite(verdicts)
           let lead = 1 + (2 * one.Value)
           where lead != 0
           select new ImageVerdict(one.Group, one.Image, lead > 0, Math.Abs(lead)),
    ];

    /// <summary>Good is what lies above the mean of its prompt, bad what lies below: a reward has no middle of its own.</summary>
    /// <param name="prompts">Prompt of each group.</param>
    /// <param name="rewards">By group and image; NaN for an image without one, which is left out.</param>
    public static IReadOnlyList<ImageVerdict> FromRewards(IReadOnlyList<string> prompts, IReadOnlyList<double[]> rewards)
    {
        var images = Finite(rewards).ToList();
        var means = images.GroupBy(one => prompts[one.Group]).ToDictionary(of => of.Key, of => of.Average(one => one.Value));
        return
        [
            .. from one in images
               let above = one.Value - means[prompts[one.Group]]
               where above != 0
               select new ImageVerdict(one.Group, one.Image, above > 0),
        ];
    }

    private static IEnumerable<(int Group, int Image, double Value)> Finite(IReadOnlyList<double[]> values) =>
        values.SelectMany((of, group) => of.Select((value, image) => (group, image, value))).Where(one => double.IsFinite(one.value));
}
