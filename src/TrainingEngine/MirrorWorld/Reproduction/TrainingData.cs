using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.MirrorWorld.Reproduction;

/// <summary>What one epoch learns from: its own judged groups, then those of earlier epochs that are learned from again.</summary>
/// <param name="Trajectories">One file per group.</param>
/// <param name="Preferences">They count groups in the order of the files.</param>
/// <param name="Replayed">So many of the last files are earlier epochs'.</param>
internal sealed record TrainingData(IReadOnlyList<string> Trajectories, IReadOnlyList<PreferencePair> Preferences, int Replayed)
{
    /// <param name="samples">The epoch's own folder, then earlier ones, the latest first.</param>
    /// <param name="options">Of the annotators, who say of old pictures what they said then.</param>
    /// <param name="epoch">The epoch that learns.</param>
    public static TrainingData Of(IReadOnlyList<SampleFolder> samples, ReproductionOptions options, int epoch)
    {
        var (files, preferences) = (new List<string>(), new List<PreferencePair>());
        SimulatedAnnotator[] raters = SimulatedAnnotator.Several(options.Raters, options.Annotator);
        for (int back = 0; back < samples.Count; back++)
        {
            int first = files.Count;
            preferences.AddRange(Annotation.Judge(samples[back], options.Experiment.Family, raters, epoch - back).Select(one => one with { Group = first + one.Group }));
            files.AddRange(Enumerable.Range(0, samples[back].Groups).Select(samples[back].TrajectoryOf));
        }

        return new TrainingData(files, preferences, files.Count - samples[0].Groups);
    }
}
