using Labeler.Shared.Statistics;

namespace Labeler.Shared.Comparisons;

/// <summary>Where a model goes on gaining on the prompts it is trained on and loses on those it never sees (mirror report, figure
/// 7).</summary>
public static class OverOptimization
{
    /// <summary>
    /// The measurement at which the held-out mean is highest, if by the last one the held-out mean is lower and the training mean higher
    /// than there, and the fall is more than chance: the 95 % interval of the changes lies below 0. Null where that is not so. Both curves
    /// are measured at the same epochs; what one lacks is left out.
    /// </summary>
    /// <param name="changes">From one epoch to another, how far the mean score of each held-out group changed, which is of the same prompt
    /// and noise in both. Null where means are all that is known, which then decide alone.</param>
    public static CurvePoint? Begins(Curve training, Curve heldOut, Func<int, int, IEnumerable<double>>? changes = null)
    {
        var trained = training.Points.ToDictionary(point => point.Epoch);
        var both = heldOut.Points.Where(point => trained.ContainsKey(point.Epoch)).OrderBy(point => point.Epoch).ToList();
        if (both.Count < 2 || both.MaxBy(point => point.Value) is not { } best)
        {
            return null;
        }
        var last = both[^1];
        var isSo = last.Value < best.Value && trained[last.Epoch].Value > trained[best.Epoch].Value;
        return isSo && (changes is null || IsBelowZero(changes(best.Epoch, last.Epoch))) ? best : null;
    }

    private static bool IsBelowZero(IEnumerable<double> changes)
    {
        var groups = changes.Select(change => new Cluster(change, 1, 1, 1)).ToList();
        var (mean, half) = groups.Count < 2 ? (0, 0) : Cluster.Mean(groups);
        return mean + half < 0;
    }
}
