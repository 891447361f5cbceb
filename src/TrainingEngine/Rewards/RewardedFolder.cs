using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Diffusion;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>The rewards of a folder of samples.</summary>
public static class RewardedFolder
{
    /// <summary>Rewards by group and image; NaN for an image that has none.</summary>
    /// <param name="samples">A complete folder.</param>
    /// <param name="reward">Asked once for all images.</param>
    /// <param name="report">Takes a line for each image that is left out.</param>
    /// <param name="stop">Looked at between images.</param>
    /// <exception cref="EngineException">An image is missing, or no image has a reward.</exception>
    public static IReadOnlyList<double[]> Read(SampleFolder samples, IReward reward, Action<string> report, CancellationToken stop)
    {
        int size = samples.Manifest.GroupSize;
        Candidate[] images = [.. Enumerable.Range(0, samples.Groups).SelectMany(group => Enumerable.Range(0, size).Select(image =>
            new Candidate(group, image, samples.Manifest.Prompts[group], () => Decode(samples.ImageOf(group, image)))))];
        double[][] rewards = [.. reward.Of(images, report, stop).Chunk(size)];
        return rewards.Any(group => group.Any(double.IsFinite))
            ? rewards
            : throw new EngineException("no image has a reward, so there is nothing to learn");
    }

    private static Picture Decode(string file)
    {
        try
        {
            return Picture.Decode(File.ReadAllBytes(file));
        }
        catch (IOException error)
        {
            throw new EngineException($"{file} cannot be read ({error.Message}); run sample again to complete the folder", error);
        }
    }
}
