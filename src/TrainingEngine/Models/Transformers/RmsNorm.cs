using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>Root-mean-square normalization over the last dimension (arXiv 1910.07467): x / √(mean(x²) + ε), times a weight; no mean is
/// taken off. The squares are taken in float32.</summary>
internal sealed class RmsNorm(ModelPart part, string name, long width, double epsilon)
{
    private readonly Tensor _weight = part.Take($"{name}.weight", [width], Start.Ones);

    public Tensor Forward(Tensor x)
    {
        using var timed = LayerClock.Time(LayerKind.Normalization);
        using var scope = NewDisposeScope();
        var wide = MixedPrecision.Wide(x);
        var scaled = wide * (wide.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        return scope.MoveToOuter(scaled.to(x.dtype) * _weight);
    }
}
