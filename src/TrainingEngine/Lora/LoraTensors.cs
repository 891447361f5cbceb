using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>A layer's branch as files have it: y = W·x + alpha/rank · up(down(x)).</summary>
/// <param name="Down">[rank, in] for a linear layer, [rank, in, kh, kw] for a convolution.</param>
/// <param name="Up">[out, rank], or [out, rank, 1, 1].</param>
/// <param name="Alpha">The branch's output is scaled by alpha / rank.</param>
public sealed record LoraTensors(Tensor Down, Tensor Up, double Alpha)
{
    /// <summary>Inner width of the branch.</summary>
    public long Rank => Down.shape[0];

    /// <summary>Factor on the branch's output.</summary>
    public double Scale => Alpha / Rank;
}
