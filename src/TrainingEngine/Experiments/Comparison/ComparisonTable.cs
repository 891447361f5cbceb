using System.Globalization;
using System.Text;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>What several seeds gave after so many images.</summary>
public sealed record ComparisonPoint(string Algorithm, int Images, double Mean, double Deviation, double HeldOut, int Seeds)
{
    /// <summary>The points of all algorithms, in the order in which they occur; deviations are the sample's (n − 1), 0 for one
    /// seed.</summary>
    public static IReadOnlyList<ComparisonPoint> Of(IEnumerable<ComparisonRow> rows) =>
        [.. rows.GroupBy(row => (row.Algorithm, row.Images)).Select(seeds =>
    {
        double[] rewards = [.. seeds.Select(row => row.Reward)];
        var mean = rewards.Average();
        var deviation = rewards.Length < 2 ? 0 : Math.Sqrt(rewards.Sum(reward => (reward - mean) * (reward - mean)) / (rewards.Length - 1));
        return new ComparisonPoint(seeds.Key.Algorithm, seeds.Key.Images, mean, deviation, seeds.Average(row => row.HeldOut),
            rewards.Length);
    })];
}

/// <summary>The comparison as text: a line for each number of images, a column for each algorithm.</summary>
public static class ComparisonTable
{
    private const int Column = 24;

    /// <summary>Mean ± deviation over seeds; behind it, where prompts are held out, the mean on those.</summary>
    public static string Write(IReadOnlyList<ComparisonPoint> points)
    {
        var text = new StringBuilder();
        string[] algorithms = [.. points.Select(point => point.Algorithm).Distinct()];
        text.AppendLine("images  " + string.Concat(algorithms.Select(name => name.PadLeft(Column))));
        foreach (var images in points.Select(point => point.Images).Distinct().Order())
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{images,6}  ")
                + string.Concat(
                    algorithms.Select(
                        name => Cell(points.FirstOrDefault(point => point.Algorithm == name && point.Images == images)).PadLeft(Column))));
        }
        return text.ToString();
    }

    private static string Cell(ComparisonPoint? point) => point is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
            $"{point.Mean:0.000} ± {point.Deviation:0.000}{(double.IsNaN(point.HeldOut) ? "" : $" | {point.HeldOut:0.000}")}");
}
