using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.DiffusionDpo;

/// <summary>Settings of Diffusion-DPO.</summary>
public sealed record DiffusionDpoOptions : PassOptions
{
    [Description("temperature β of the preference term; published for Stable Diffusion 1.5"), Range(1e-3, 1e7)]
    public double Beta { get; init; } = 2000;
}

/// <summary>
/// Diffusion-DPO (arXiv 2311.12908, equation 14): offline pairs; the loser's and the winner's latent get the same timestep
/// and noise, and the model is to improve on the reference's error more for the winner than for the loser. The reference is the model
/// before the first step.
/// </summary>
public sealed class DiffusionDpoAlgorithm() : PairAlgorithm<DiffusionDpoOptions>("diffusion-dpo")
{
    private protected override PairObjective ObjectiveOf(
        StableDiffusion model, CleanLatents latents, IReadOnlyList<LatentPair> pairs, DiffusionDpoOptions options, MemoryPlan memory) =>
        new DiffusionDpoObjective(model, latents, pairs, options, memory);

    /// <inheritdoc />
    protected override DiffusionDpoOptions OfProject(DiffusionDpoOptions options, TrainingOptions settings, bool learnedReward) =>
        base.OfProject(options, settings, learnedReward) with { Beta = settings.DiffusionDpoBeta };
}
