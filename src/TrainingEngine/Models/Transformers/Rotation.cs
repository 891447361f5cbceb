using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>
/// Rotary positions (arXiv 2104.09864) over several axes: neighboring elements (2i, 2i + 1) of a head are turned by angles
/// that grow with the place. Angles are computed in float64, as the original does.
/// </summary>
/// <param name="Cosines">[L, head] float32, each twice.</param>
/// <param name="Sines">[L, head] float32.</param>
internal sealed record Rotation(Tensor Cosines, Tensor Sines)
{
    private const double Theta = 10_000;

    /// <summary>The rotation of places.</summary>
    /// <param name="places">[L, axes].</param>
    /// <param name="widths">Elements of a head for each axis, even.</param>
    public static Rotation Of(Tensor places, IReadOnlyList<long> widths)
    {
        using var scope = NewDisposeScope();
        var angles = widths.Select((width, axis) =>
        {
            var exponents = arange(0, width, 2, ScalarType.Float64) / (double)width;
            var frequencies = (tensor(Theta, ScalarType.Float64).pow(exponents).reciprocal()).to(places.device);
            return outer(places.select(1, axis).to(ScalarType.Float64), frequencies).repeat_interleave(2, 1);
        }).ToArray();
        var all = cat(angles, -1);
        return new(scope.MoveToOuter(all.cos().to(ScalarType.Float32)), scope.MoveToOuter(all.sin().to(ScalarType.Float32)));
    }

    /// <param name="x">[N, heads, L, head].</param>
    public Tensor Turn(Tensor x)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var pairs = wide.reshape([.. wide.shape[..^1], wide.shape[^1] / 2, 2]).unbind(4);
        var turned = stack([-pairs[1], pairs[0]], 4).flatten(3);
        return scope.MoveToOuter(((wide * Cosines) + (turned * Sines)).to(x.dtype));
    }
}
