using System.Diagnostics;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments.Benchmarks;

/// <summary>What one operator costs where its arithmetic costs nothing: call, dispatch, allocation and release.</summary>
public static class SmallOperatorCost
{
    /// <summary>Adds two tensors of four numbers over and over; the best of many rounds, short enough to fit between other programs'
    /// turns.</summary>
    /// <param name="rounds">Rounds; the first ones also let the compiler finish its work.</param>
    /// <param name="calls">Additions per round.</param>
    /// <returns>Nanoseconds per addition, the release of its result included.</returns>
    public static double Nanoseconds(int rounds = 500, int calls = 500)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (left, right) = (ones(4), ones(4));
        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
            {
                left.add(right).Dispose();
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls);
        }
        return best;
    }
}
