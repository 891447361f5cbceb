using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.DiffusionDpo;

/// <summary>Diffusion-DPO's loss over a step's pairs.</summary>
internal sealed class DiffusionDpoObjective(
    StableDiffusion model, CleanLatents latents, IReadOnlyList<LatentPair> pairs, DiffusionDpoOptions options, MemoryPlan memory)
    : PairObjective(model, latents, pairs, options, memory)
{
    /// <inheritdoc />
    protected override Tensor PerPair(Tensor winners, Tensor losers, Tensor referenceWinners, Tensor referenceLosers) =>
        DiffusionDpoLoss.PerPair(winners, losers, referenceWinners, referenceLosers, options.Beta);
}
