using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>The prompts of an epoch's groups, which take turns over all epochs or are asked for their signal, as in a project.</summary>
internal static class AskedPrompts
{
    // A prompt counts as if another group of it had given half of the signal that it could.
    private const double Assumed = 0.5;

    /// <param name="epoch">From 1.</param>
    /// <param name="earlier">The epochs before, the latest first.</param>
    public static IEnumerable<string> Of(ReproductionOptions options, int epoch, IEnumerable<SampleFolder> earlier)
    {
        var (prompts, groups) = (ScenePrompts.Of(options.Experiment.Family), options.Groups);
        return options.SampleForSignal
            ? PromptShares.Of(Signal(options, epoch, [.. earlier]), groups, epoch).Select(place => prompts[place])
            : Enumerable.Range(0, groups).Select(number => options.Experiment.Prompt((epoch - 1) * groups + number));
    }

    private static double[] Signal(ReproductionOptions options, int epoch, SampleFolder[] earlier)
    {
        var taught = earlier.SelectMany((samples, back) =>
        {
            var pairs = TrainingData.Judged(samples, options, epoch - 1 - back).CountBy(pair => pair.Group).ToDictionary();
            double most = MostPairs(options.Experiment.Family, samples.Manifest.GroupSize);
            return samples.Manifest.Prompts.Select((prompt, group) => (Prompt: prompt, Signal: pairs.GetValueOrDefault(group) / most));
        }).ToLookup(group => group.Prompt, group => group.Signal);
        return [.. ScenePrompts.Of(options.Experiment.Family).Select(prompt => taught[prompt].Append(Assumed).Average())];
    }

    // Mirrors are compared pair by pair, the others flagged or not.
    private static int MostPairs(SceneFamily family, int images) =>
        family == SceneFamily.Mirror ? images * (images - 1) / 2 : images / 2 * ((images + 1) / 2);
}
