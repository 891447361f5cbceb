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
    long Seed = 1, int VaeSteps = 10_000, int VaeBatch = 8, double VaeRate = 1.2e-3, int Scenes = 16_000, int UnetSteps = 6000,
    int UnetBatch = 48, double UnetRate = 1.2e-3, double EmptyPrompts = 0.1, int SaveEvery = 250, int SheetEvery = 500)
{
    /// <summary>How often something is wrong in the scenes that the U-Net learns from: what it draws has the flaws less often than its
    /// scenes have, reflections of another color more often. The autoencoder learns from scenes with the default shares, so that it stays
    /// the same when others are tried.</summary>
    public SceneFlaws Flaws { get; init; } = new(Hands: 0.48, Art: 0.6, Mirrors: 0.42, Colors: 0.05);
}
