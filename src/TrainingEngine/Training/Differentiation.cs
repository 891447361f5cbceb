using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training;

/// <summary>Gradients of a loss of several calls of the U-Net.</summary>
internal static class Differentiation
{
    /// <summary>Gradients by <paramref name="leaves"/>; null where one took no part.</summary>
    /// <param name="calls">Calls of the U-Net.</param>
    /// <param name="call">One call; it is given a tape where its activations are to be computed again.</param>
    /// <param name="loss">A scalar of what the calls gave.</param>
    /// <param name="leaves">Weights that require gradients.</param>
    /// <param name="recompute">Compute activations again in the backward pass instead of keeping them.</param>
    public static IList<Tensor> Gradients(
        int calls, Func<int, SegmentTape?, Tensor> call, Func<Tensor[], Tensor> loss, Tensor[] leaves, bool recompute)
    {
        if (!recompute)
        {
            return autograd.grad([loss([.. Enumerable.Range(0, calls).Select(one => call(one, null))])], leaves, allow_unused: true);
        }
        var tapes = Enumerable.Range(0, calls).Select(_ => new SegmentTape()).ToArray();
        try
        {
            var outputs = tapes.Select((tape, one) => call(one, tape)).ToArray();
            var slopes = autograd.grad([loss(outputs)], [.. tapes.Select(tape => tape.Output)]);
            return Sum([.. tapes.Select((tape, one) => tape.Backward(tape.Output, slopes[one], leaves))]);
        }
        finally
        {
            Array.ForEach(tapes, tape => tape.Dispose());
        }
    }

    private static IList<Tensor> Sum(IReadOnlyList<IList<Tensor?>> parts)
    {
        var sums = parts[0];
        foreach (var part in parts.Skip(1))
        {
            for (var i = 0; i < sums.Count; i++)
            {
                sums[i] = sums[i] is { } sum && part[i] is { } gradient ? sum + gradient : sums[i] ?? part[i];
            }
        }
        return sums!;
    }
}
