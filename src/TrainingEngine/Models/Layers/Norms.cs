using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>Group normalisation over [N, C, …].</summary>
public sealed class GroupNorm(ModelPart part, string name, long groups, long channels, double epsilon)
{
    private readonly Tensor _weight = part.Take($"{name}.weight", [channels], Start.Ones);
    private readonly Tensor _bias = part.Take($"{name}.bias", [channels], Start.Zeros);

    public Tensor Forward(Tensor x)
    {
        using var timed = LayerClock.Time(LayerKind.Normalization);
        return MixedPrecision.InWide(x, wide => nn.functional.group_norm(
            wide, groups, MixedPrecision.WideLike(_weight, wide), MixedPrecision.WideLike(_bias, wide), epsilon));
    }
}

/// <summary>Layer normalisation over the last dimension.</summary>
public sealed class LayerNorm(ModelPart part, string name, long width, double epsilon = 1e-5)
{
    private readonly Tensor _weight = part.Take($"{name}.weight", [width], Start.Ones);
    private readonly Tensor _bias = part.Take($"{name}.bias", [width], Start.Zeros);

    public Tensor Forward(Tensor x)
    {
        using var timed = LayerClock.Time(LayerKind.Normalization);
        return MixedPrecision.InWide(x, wide => nn.functional.layer_norm(
            wide, [width], MixedPrecision.WideLike(_weight, wide), MixedPrecision.WideLike(_bias, wide), epsilon));
    }
}

/// <summary>A table of vectors, looked up by whole numbers.</summary>
public sealed class Embedding(ModelPart part, string name, long count, long width)
{
    /// <summary>[count, width].</summary>
    public Tensor Weight { get; } = part.Take($"{name}.weight", [count, width], Start.Embedding);

    /// <param name="indices">int64, any shape.</param>
    /// <returns>The shape of the indices and then <c>width</c>.</returns>
    public Tensor Forward(Tensor indices) => TorchExtensions.Embedding(indices, Weight);
}
