using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>The model of pairwise choices of Bradley and Terry (1952): image a is preferred to b with probability σ(r_a − r_b).</summary>
public static class BradleyTerry
{
    /// <summary>−log σ(r_winner − r_loser), the mean over pairs weighted by how sure people were; a scalar.</summary>
    /// <param name="winners">[n] rewards of the preferred images.</param>
    /// <param name="losers">[n] of the others.</param>
    /// <param name="weights">[n], above 0.</param>
    public static Tensor Loss(Tensor winners, Tensor losers, Tensor weights) =>
        (-nn.functional.logsigmoid(winners - losers) * weights).sum() / weights.sum();
}
