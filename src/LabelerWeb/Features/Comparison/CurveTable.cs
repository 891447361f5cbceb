using Labeler.Shared.Comparisons;
using Labeler.Web.Features.Dashboard;

namespace Labeler.Web.Features.Comparison;

/// <summary>The numbers behind charts of curves.</summary>
public static class CurveTable
{
    /// <param name="along">What the horizontal axis counts.</param>
    public static FigureTable Of(string name, string title, string along, IEnumerable<Curve> curves) => new(
        name, title, ["run", "epoch", along, "value", "low", "high", "runs"],
        [.. curves.SelectMany(curve => curve.Points.Select(point => new object?[] { curve.Name, point.Epoch, Math.Round(point.Used, 1), point.Value, point.Low, point.High, point.Runs }))]);

    /// <summary>A file of the engine: rewards with those on held-out prompts beside, or a rate.</summary>
    public static FigureTable Of(string name, ReproducedRun run) => run.IsShare
        ? Of(name, Title(name), run.Along, run.Curves.Select(curve => curve.Training with { Name = name }))
        : new(name, Title(name), ["algorithm", "images", "reward", "low", "high", "held out", "held out low", "held out high", "runs"],
            [.. run.Curves.SelectMany(curve => curve.Training.Points.Select(point =>
            {
                var heldOut = curve.HeldOut?.Points.FirstOrDefault(other => other.Epoch == point.Epoch);
                return new object?[] { curve.Name, Math.Round(point.Used, 1), point.Value, point.Low, point.High, heldOut?.Value, heldOut?.Low, heldOut?.High, point.Runs };
            }))]);

    private static string Title(string name) => name.EndsWith("/results", StringComparison.Ordinal) ? name[..^"/results".Length] : name;
}
