using Labeler.Shared.Imaging;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>Simulated annotators at work on a folder of samples.</summary>
public static class Annotation
{
    /// <summary>
    /// What they prefer in every group. Hands and art are flagged image by image, and verdicts are averaged over raters;
    /// mirrors are compared pair by pair, and the majority of raters decides.
    /// </summary>
    /// <param name="samples">A complete folder.</param>
    /// <param name="family">What the prompts ask for.</param>
    /// <param name="raters">All of them judge every image or pair.</param>
    /// <param name="epoch">Raters err about other images in every epoch.</param>
    public static IReadOnlyList<PreferencePair> Judge(SampleFolder samples, SceneFamily family, SimulatedAnnotator[] raters, int epoch) =>
        family == SceneFamily.Mirror
            ? [.. Enumerable.Range(0, samples.Groups).SelectMany(group =>
                Compare(Pictures(samples, group), raters, group, FirstOf(samples, group, epoch)))]
            : PreferencePair.FromVerdicts(Verdicts(samples, family, raters, epoch));

    /// <summary>What they flag, averaged over them: by group and image −1 where all flagged it, 0 where nobody did.</summary>
    /// <inheritdoc cref="Judge" path="/param"/>
    public static IReadOnlyList<double[]> Verdicts(SampleFolder samples, SceneFamily family, SimulatedAnnotator[] raters, int epoch) =>
        [.. Enumerable.Range(0, samples.Groups).Select(group =>
        {
            Picture[] pictures = Pictures(samples, group);
            long first = FirstOf(samples, group, epoch) * pictures.Length;
            return (double[])[.. pictures.Select((picture, image) =>
                -raters.Average(rater => rater.Flags(picture, family, first + image) ? 1.0 : 0))];
        })];

    /// <summary>The pairs that verdicts give in a project.</summary>
    /// <param name="verdicts">By group and image, −1 where everybody flagged it to 0 where nobody did.</param>
    /// <param name="prompts">Prompt of each group.</param>
    /// <param name="acrossGroups">Pairs between groups of one prompt, too.</param>
    public static IReadOnlyList<PreferencePair> Pairs(IReadOnlyList<double[]> verdicts, IReadOnlyList<string> prompts, bool acrossGroups) =>
        [.. FlagPairs.Of([.. verdicts.Select(group => Array.ConvertAll(group, verdict => -verdict))], prompts, acrossGroups).Select(one =>
            new PreferencePair(one.Group, one.Pair.Winner, one.Pair.Loser, one.Pair.Weight) { Across = (int?)one.Pair.LoserGroup })];

    private static Picture[] Pictures(SampleFolder samples, int group) =>
        [.. Enumerable.Range(0, samples.Manifest.GroupSize)
            .Select(image => Picture.Decode(File.ReadAllBytes(samples.ImageOf(group, image))))];

    private static long FirstOf(SampleFolder samples, int group, int epoch) => ((long)epoch * samples.Groups) + group;

    private static IEnumerable<PreferencePair> Compare(Picture[] pictures, SimulatedAnnotator[] raters, int group, long first)
    {
        Judgement[] seen = [.. pictures.Select(picture => Oracle.Judge(picture, SceneFamily.Mirror))];
        for (int left = 0; left < pictures.Length; left++)
        {
            for (int right = left + 1; right < pictures.Length; right++)
            {
                long number = (((first * pictures.Length) + left) * pictures.Length) + right;
                int votes = raters.Sum(rater => rater.Prefer(seen[left], seen[right], number));
                if (votes != 0)
                {
                    yield return votes > 0 ? new PreferencePair(group, left, right) : new PreferencePair(group, right, left);
                }
            }
        }
    }
}
