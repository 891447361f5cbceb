using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>An image that is to be rewarded.</summary>
/// <param name="Group">Its group in the folder of samples.</param>
/// <param name="Image">Its place in the group.</param>
/// <param name="Prompt">What was asked for.</param>
/// <param name="Open">Gives what came of it; decodes the file each time, so that a large folder does not fill the memory.</param>
public sealed record Candidate(int Group, int Image, string Prompt, Func<Picture> Open);

/// <summary>A number for an image; more is better.</summary>
public interface IReward : IDisposable
{
    /// <summary>What the number measures and its unit, for tables.</summary>
    string Name { get; }

    /// <summary>
    /// One number for each image, in their order. NaN stands for an image that has none; a line to
    /// <paramref name="report"/> says why.
    /// </summary>
    /// <exception cref="EngineException">This reward cannot be had at all; the message says why in one line.</exception>
    IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop);
}
