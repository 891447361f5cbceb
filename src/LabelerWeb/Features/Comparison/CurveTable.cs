namespace Labeler.Web.Features.Comparison;

public static class CurveTable
{
    public static FigureTable Of(string name, string title, string along, bool isShare, IEnumerable<Curve> curves) => new(
        name, title, ["run", "epoch", along, "n", "mean", "low", "high"],
        [.. curves.SelectMany(curve => curve.Points.Select(point => new object?[]
        {
            curve.Name, point.Epoch, (long)point.Used, point.Runs, Value(point.Value, isShare), Value(point.Low, isShare),
            Value(point.High, isShare),
        }))]);

    /// <summary>Files of the engine: rewards with those on held-out prompts beside, or a rate.</summary>
    public static FigureTable Of(string name, string title, ReproducedRun run) => run.IsShare
        ? Of(name, title, run.Along, isShare: true, run.Curves.Select(curve => curve.Training))
        : new(name, title, ["algorithm", "images", "n", "mean", "low", "high", "held out mean", "held out low", "held out high"],
            [.. run.Curves.SelectMany(curve => curve.Training.Points.Select(point =>
            {
                var heldOut = curve.HeldOut?.Points.FirstOrDefault(other => other.Epoch == point.Epoch);
                return new object?[] { curve.Name, (long)point.Used, point.Runs, point.Value, point.Low, point.High, heldOut?.Value,
                    heldOut?.Low, heldOut?.High };
            }))]);

    private static object Value(double value, bool isShare) => isShare ? new Percent(value) : value;
}
