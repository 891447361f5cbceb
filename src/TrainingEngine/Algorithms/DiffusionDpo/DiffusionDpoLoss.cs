using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.DiffusionDpo;

/// <summary>The loss of Diffusion-DPO (arXiv 2311.12908, equation 14, with the constant T·ω taken into β as in the authors'
/// program).</summary>
public static class DiffusionDpoLoss
{
    /// <summary>−log σ(−½β·((e_w − e_l) − (e_ref,w − e_ref,l))) of each pair, [n].</summary>
    /// <param name="winners">[n] mean squared error of the winners under the model.</param>
    /// <param name="losers">[n] of the losers.</param>
    /// <param name="referenceWinners">[n] of the winners under the reference; no gradient.</param>
    /// <param name="referenceLosers">[n] of the losers.</param>
    /// <param name="beta">β.</param>
    public static Tensor PerPair(Tensor winners, Tensor losers, Tensor referenceWinners, Tensor referenceLosers, double beta)
    {
        var gained = winners - losers - (referenceWinners - referenceLosers).detach();
        return -nn.functional.logsigmoid(gained * (-0.5 * beta));
    }
}
