namespace Labeler.Shared.Comparisons;

/// <summary>Where a model goes on gaining on the prompts it is trained on and loses on those it never sees (mirror report, figure
/// 7).</summary>
public static class OverOptimization
{
    /// <summary>
    /// The measurement at which the held-out mean is highest, if by the last one the held-out mean is lower and the training mean higher
    /// than
    /// there; null where that is not so. Both curves are measured at the same epochs; what one lacks is left out.
    /// </summary>
    public static CurvePoint? Begins(Curve training, Curve heldOut)
    {
        var trained = training.Points.ToDictionary(point => point.Epoch);
        var both = heldOut.Points.Where(point => trained.ContainsKey(point.Epoch)).OrderBy(point => point.Epoch).ToList();
        if (both.Count < 2 || both.MaxBy(point => point.Value) is not { } best)
        {
            return null;
        }
        var last = both[^1];
        return last.Value < best.Value && trained[last.Epoch].Value > trained[best.Epoch].Value ? best : null;
    }
}
