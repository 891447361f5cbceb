using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>A way to make something to learn from of flagged images, and the algorithm that learns it.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Algorithm">By the name that <see cref="ComparedAlgorithm"/> knows.</param>
/// <param name="AcrossGroups">Whether groups of one prompt make pairs with each other.</param>
/// <param name="IsUnpaired">Whether images judged alone are learned from, not pairs.</param>
internal sealed record SignalMethod(string Name, string Algorithm, bool AcrossGroups, bool IsUnpaired)
{
    /// <summary>What a project does by default, then both ways out of groups that were judged alike.</summary>
    public static IReadOnlyList<SignalMethod> All { get; } =
    [
        new("d3po", "d3po", AcrossGroups: false, IsUnpaired: false),
        new("d3po-across", "d3po", AcrossGroups: true, IsUnpaired: false),
        new("diffusion-kto", "diffusion-kto", AcrossGroups: false, IsUnpaired: true),
    ];

    /// <summary>What there is to learn from an epoch.</summary>
    /// <param name="samples">The judged images.</param>
    /// <param name="verdicts">By group and image, −1 where everybody flagged it to 0 where nobody did.</param>
    public JudgedEpoch Lesson(SampleFolder samples, IReadOnlyList<double[]> verdicts) => JudgedEpoch.Of(samples, verdicts) with
    {
        Preferences = Annotation.Pairs(verdicts, samples.Manifest.Prompts, AcrossGroups),
        Verdicts = ImageVerdict.FromFlags(verdicts),
    };

    /// <summary>The pairs, or images judged alone, that can be used, and the groups that they are of.</summary>
    public (int Signal, int Groups) Usable(JudgedEpoch lesson)
    {
        if (IsUnpaired)
        {
            return lesson.Verdicts.Select(one => one.Good).Distinct().Count() < 2 ? (0, 0)
                : (lesson.Verdicts.Count, lesson.Verdicts.Select(one => one.Group).Distinct().Count());
        }

        var groups = lesson.Preferences.SelectMany(pair => new[] { pair.Group, pair.LoserGroup }).Distinct();
        return (lesson.Preferences.Count, groups.Count());
    }
}
