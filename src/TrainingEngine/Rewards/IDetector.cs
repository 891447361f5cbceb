using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>Finds mirrors and objects.</summary>
public interface IDetector : IDisposable
{
    /// <summary>What is seen on an image; null where nothing can be said, with a line to <paramref name="report"/>.</summary>
    /// <exception cref="EngineException">The detector cannot be used at all.</exception>
    IReadOnlyList<Detection>? Find(Candidate image, Action<string> report);
}
