using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>The measures that golden files are judged by.</summary>
internal static class Compare
{
    /// <summary>The largest difference of any element and, where asked for, rms(difference) / rms(expected).</summary>
    public static IEnumerable<Finding> Tensors(string quantity, Tensor actual, Tensor expected, double? largest = null,
        double? relativeRms = null)
    {
        using var scope = NewDisposeScope();
        if (!actual.shape.SequenceEqual(expected.shape))
        {
            return [new($"{quantity} shape [{string.Join(", ", actual.shape)}] for [{string.Join(", ", expected.shape)}]",
                double.PositiveInfinity, 0)];
        }

        var wanted = expected.detach().cpu().to(ScalarType.Float64);
        var difference = actual.detach().cpu().to(ScalarType.Float64) - wanted;
        var findings = new List<Finding>();
        if (largest is { } most)
        {
            findings.Add(new($"{quantity} largest difference", difference.abs().max().item<double>(), most));
        }

        if (relativeRms is { } share)
        {
            findings.Add(
                new($"{quantity} relative rms",
                    Math.Sqrt(difference.square().mean().item<double>() / wanted.square().mean().item<double>()), share));
        }

        return findings;
    }

    /// <summary>How many elements differ at all: ids, timesteps, counts.</summary>
    public static Finding Exactly(string quantity, Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        return actual.shape.SequenceEqual(expected.shape)
            ? new($"{quantity} differing elements", actual.cpu().ne(expected.cpu()).sum().item<long>(), 0)
            : new($"{quantity} shape [{string.Join(", ", actual.shape)}] for [{string.Join(", ", expected.shape)}]",
                double.PositiveInfinity, 0);
    }

    /// <summary>One number.</summary>
    public static Finding Numbers(string quantity, double actual, double expected, double tolerance) =>
        new(quantity, Math.Abs(actual - expected), tolerance);
}
