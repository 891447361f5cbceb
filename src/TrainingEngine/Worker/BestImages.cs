using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Best of n (rejection sampling): more images of a group are sampled than are kept, and a reward chooses.</summary>
/// <param name="kept">Images of a group.</param>
internal sealed class BestImages(IReward reward, int kept, JobReporter reporter) : IDisposable
{
    /// <summary>The images with the highest scores, in the order in which they were sampled; of equal ones the earlier.</summary>
    /// <exception cref="EngineException">The reward could not be asked about one of them.</exception>
    public SampledGroup Of(SampledGroup sampled)
    {
        var prompt = sampled.Trajectory.Origin.Prompt;
        var lines = new List<string>();
        var scores = reward.Of(
            [.. sampled.Images.Select((png, image) => new Candidate(0, image, prompt, () => Picture.Decode(png)))], lines.Add,
                reporter.Stop);
        if (lines.Count > 0)
        {
            throw new EngineException($"the reward that chooses which pictures are kept could not be asked: {lines[0]}");
        }
        int[] best =
        [
            .. Enumerable.Range(0, sampled.Images.Count).OrderByDescending(image => double.IsNaN(scores[image]) ? double.NegativeInfinity
                : scores[image]).Take(kept).Order(),
        ];
        return new(sampled.Trajectory.Of(best), [.. best.Select(image => sampled.Images[image])]);
    }

    public void Dispose() => reward.Dispose();
}
