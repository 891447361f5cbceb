using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>How a model of Mirror World is made from drawn scenes. The defaults made the one in <c>models/mirror-world</c>.</summary>
/// <param name="Seed">Decides scenes, starting weights and noise; the same seed on the same machine gives the same weights.</param>
/// <param name="VaeSteps">Optimizer steps of the autoencoder.</param>
/// <param name="VaeBatch">Images of one such step.</param>
/// <param name="VaeRate">Highest learning rate of the autoencoder.</param>
/// <param name="Scenes">Scenes whose latents the U-Net learns from.</param>
/// <param name="UnetSteps">Optimizer steps of U-Net and text encoder.</param>
/// <param name="UnetBatch">Latents of one such step.</param>
/// <param name="UnetRate">Highest learning rate of U-Net and text encoder.</param>
/// <param name="EmptyPrompts">Share of latents trained without their prompt, for guidance.</param>
/// <param name="SaveEvery">Steps between checkpoints of the run.</param>
/// <param name="SheetEvery">Steps between sample sheets.</param>
public sealed record PretrainOptions(
    long Seed = 1, int VaeSteps = 6000, int VaeBatch = 8, double VaeRate = 1.2e-3, int Scenes = 12_000, int UnetSteps = 4000,
        int UnetBatch = 48,
    double UnetRate = 1.2e-3, double EmptyPrompts = 0.1, int SaveEvery = 250, int SheetEvery = 500)
{
    /// <summary>How often something is wrong in the scenes that the U-Net learns from. The autoencoder learns from scenes with the default
    /// shares, so that it stays the same when others are tried.</summary>
    public SceneFlaws Flaws { get; init; } = SceneFlaws.Default;

    /// <summary>The defaults for pictures of one of the <see cref="SmallModel.Sizes"/>.</summary>
    public static PretrainOptions For(int size) =>
        size == 64 ? new() : new(VaeSteps: 10_000, Scenes: 16_000, UnetSteps: 6000) { Flaws = new(0.53, 0.6, 0.5, 0.05) };
}
