using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

/// <summary>Comparisons of tensors.</summary>
internal static class Tensors
{
    /// <summary>Every bit of every element.</summary>
    public static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.detach().contiguous().bytes.ToArray(), actual.detach().contiguous().bytes.ToArray());
    }

    /// <summary>rms(difference) / rms(expected), at most <paramref name="relative"/>.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double relative = 1e-5)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var wanted = expected.detach().to(ScalarType.Float64);
        var error = Math.Sqrt((actual.detach().to(ScalarType.Float64) - wanted).square().mean().item<double>() / wanted.square().mean().item<double>());
        Assert.True(error <= relative, $"relative rms {error:0.0e+00}, at most {relative:0.0e+00}");
    }

    /// <summary>They differ by more than rounding could.</summary>
    public static void AssertDifferent(Tensor one, Tensor other)
    {
        using var scope = NewDisposeScope();
        Assert.True((one.detach() - other.detach()).abs().max().item<float>() > 1e-3);
    }
}
