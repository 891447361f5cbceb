using System.Diagnostics;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments.Benchmarks;

/// <summary>What this machine reaches at most on one thread: the best of some rounds, in floating-point operations a second.</summary>
/// <param name="Matrix">In the product of two matrices of 1,024 × 1,024.</param>
/// <param name="Convolution">In a 3 × 3 convolution of 14 maps of 128 channels, 32 × 32.</param>
internal readonly record struct PeakSpeed(double Matrix, double Convolution)
{
    private const int Rounds = 20;

    public static PeakSpeed Measure()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        const long Side = 1024, Maps = 14, Channels = 128, Pixels = 32;
        var (left, right) = (randn(Side, Side), randn(Side, Side));
        var (maps, kernel) = (randn(Maps, Channels, Pixels, Pixels), randn(Channels, Channels, 3, 3));
        return new(
            2.0 * Side * Side * Side / Fastest(() => matmul(left, right)),
            2.0 * Maps * Channels * Channels * Pixels * Pixels * 9 / Fastest(() => OneDnn.Convolve(maps, kernel, null, padding: 1)));
    }

    private static double Fastest(Func<Tensor> work)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            work().Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return best;
    }
}
