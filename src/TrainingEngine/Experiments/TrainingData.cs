using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>What one epoch learns from: its own judged groups, then those of earlier epochs that are learned from again.</summary>
internal static class TrainingData
{
    /// <param name="samples">The epoch's own folder, then earlier ones, the latest first.</param>
    /// <param name="options">Of the annotators, who say of old pictures what they said then.</param>
    /// <param name="epoch">The epoch that learns.</param>
    public static JudgedEpoch Of(IReadOnlyList<SampleFolder> samples, ReproductionOptions options, int epoch)
    {
        SimulatedAnnotator[] raters = SimulatedAnnotator.Several(options.Raters, options.Annotator);
        JudgedEpoch[] judged = [.. samples.Select((folder, back) => JudgedEpoch.OfPairs(
            [.. Enumerable.Range(0, folder.Groups).Select(folder.TrajectoryOf)], Judge(folder, options, raters, epoch - back)))];
        return JudgedEpoch.Of(judged[0], judged[1..]);
    }

    /// <summary>What the annotators said of an epoch's pictures.</summary>
    public static IReadOnlyList<PreferencePair> Judged(SampleFolder samples, ReproductionOptions options, int epoch) =>
        Judge(samples, options, SimulatedAnnotator.Several(options.Raters, options.Annotator), epoch);

    private static IReadOnlyList<PreferencePair> Judge(
        SampleFolder samples, ReproductionOptions options, SimulatedAnnotator[] raters, int epoch) =>
        options.AcrossGroups
            ? Annotation.Pairs(Annotation.Verdicts(samples, options.Experiment.Family, raters, epoch), samples.Manifest.Prompts, true)
            : Annotation.Judge(samples, options.Experiment.Family, raters, epoch);
}
