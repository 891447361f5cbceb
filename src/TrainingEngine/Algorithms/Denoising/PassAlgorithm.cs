using Labeler.Shared.Projects;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>An algorithm that goes through an epoch's finished images a number of times.</summary>
public abstract class PassAlgorithm<T>(string name) : Algorithm<T>(name) where T : PassOptions, new()
{
    /// <inheritdoc />
    protected override T OfProject(T options, TrainingOptions settings, bool learnedReward) =>
        (T)(options with { InnerEpochs = settings.Passes, ImagesPerStep = settings.ImagesPerStep });
}
