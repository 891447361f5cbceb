using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>
/// Adaptive layer normalization (arXiv 2212.09748): from the time's and the text's embedding come shifts, scales and gates.
/// The norm itself has no weights.
/// </summary>
internal sealed class AdaptiveNorm(ModelPart part, string name, long width, int parts)
{
    internal const double Epsilon = 1e-6;
    private readonly Linear _linear = new(part[name], "linear", width, parts * width);

    public Adaptable Layer => _linear;

    /// <summary>[N, 1, width] each, in the order of the checkpoint.</summary>
    /// <param name="time">[N, width], already through its activation.</param>
    public Tensor[] Parts(Tensor time) => _linear.Forward(time).unsqueeze(1).chunk(parts, -1);

    /// <summary>norm(x) · (1 + scale) + shift.</summary>
    public static Tensor Modulate(Tensor x, Tensor shift, Tensor scale) => (Plain(x) * (scale + 1)) + shift;

    /// <summary>Mean 0 and variance 1 over the last dimension.</summary>
    public static Tensor Plain(Tensor x)
    {
        using var timed = LayerClock.Time(LayerKind.Normalization);
        return MixedPrecision.InWide(x, wide => nn.functional.layer_norm(wide, [wide.shape[^1]], null, null, Epsilon));
    }
}

/// <summary>The norm before a model's last matrix, or a last block's text: scale, then shift, in this order.</summary>
internal sealed class ContinuousNorm(ModelPart part, string name, long width)
{
    private readonly AdaptiveNorm _norm = new(part, name, width, 2);

    public Adaptable Layer => _norm.Layer;

    public Tensor Forward(Tensor x, Tensor time)
    {
        using var scope = NewDisposeScope();
        var parts = _norm.Parts(time);
        return scope.MoveToOuter(AdaptiveNorm.Modulate(x, shift: parts[1], scale: parts[0]));
    }
}
