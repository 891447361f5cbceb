using System.Globalization;
using System.Numerics;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>
/// Reward over images used, a line for each algorithm, the deviation over seeds as bars (as D3PO's figure 3); on held-out
/// prompts a thin line (mirror report, figure 7).
/// </summary>
public static class ComparisonCurve
{
    private const int Size = 640, Lines = 8, LegendColumns = 3;
    private const float Left = 13, Right = 124, Top = 24, Bottom = 116;

    /// <summary>Draws all points.</summary>
    /// <param name="title">Task and unit.</param>
    /// <param name="points">Of all algorithms.</param>
    public static Picture Draw(string title, IReadOnlyList<ComparisonPoint> points)
    {
        var chart = new Chart(Size);
        int last = Math.Max(1, points.Max(point => point.Images));
        double[] heldOut = [.. points.Select(point => point.HeldOut).Where(double.IsFinite)];
        double low = heldOut.Append(points.Min(point => point.Mean - point.Deviation))
            .Min(), high = heldOut.Append(points.Max(point => point.Mean + point.Deviation)).Max();
        double margin = Math.Max(1e-6, (high - low) * 0.05);
        (low, high) = (low - margin, high + margin);
        Vector2 At(double images, double reward) =>
            new((float)(Left + ((Right - Left) * images / last)), (float)(Bottom - ((Bottom - Top) * (reward - low) / (high - low))));
        for (int line = 0; line <= Lines; line++)
        {
            double reward = low + ((high - low) * line / Lines);
            chart.Line(At(0, reward), At(last, reward), 0.15f, Chart.Grid);
            chart.Write(reward.ToString("0.00", CultureInfo.InvariantCulture), At(0, reward) - new Vector2(2, 1.5f), 52, Align.Right);
        }

        string[] algorithms = [.. points.Select(point => point.Algorithm).Distinct()];
        for (int number = 0; number < algorithms.Length; number++)
        {
            ComparisonPoint[] own = [.. points.Where(point => point.Algorithm == algorithms[number]).OrderBy(point => point.Images)];
            Rgb colour = Chart.Colours[number % Chart.Colours.Count];
            var legend = new Vector2(Left + 1 + (37 * (number % LegendColumns)), 9 + (5 * (number / LegendColumns)));
            Join(chart, own.Where(point => double.IsFinite(point.HeldOut)).Select(point => At(point.Images, point.HeldOut)), colour, 0.12f,
                0.45f);
            Paint(chart, own, colour, At, last * 0.004 * (number - ((algorithms.Length - 1) / 2.0)));
            chart.Dot(legend, 1.2f, colour);
            chart.Write(algorithms[number], legend + new Vector2(2.5f, -1.6f), 170);
        }

        chart.Write(heldOut.Length > 0 ? title + "; thin: on held-out prompts" : title, new Vector2(Left, 2), 560);
        foreach (int images in points.Select(point => point.Images).Distinct())
        {
            chart.Write(images.ToString(CultureInfo.InvariantCulture), At(images, low) + new Vector2(0, 2), 50, Align.Middle);
        }

        return chart.ToPicture();
    }

    // Bars of one number of images stand beside each other.
    private static void Paint(Chart chart, ComparisonPoint[] points, Rgb colour, Func<double, double, Vector2> at, double aside)
    {
        foreach (ComparisonPoint point in points.Where(point => point.Deviation > 0))
        {
            chart.Line(at(point.Images + aside, point.Mean - point.Deviation), at(point.Images + aside, point.Mean + point.Deviation),
                0.25f, colour, 0.5f);
        }

        Join(chart, points.Select(point => at(point.Images, point.Mean)), colour, 0.3f, 0.8f);
    }

    private static void Join(Chart chart, IEnumerable<Vector2> places, Rgb colour, float halfWidth, float radius)
    {
        Vector2[] all = [.. places];
        foreach ((Vector2 from, Vector2 to) in all.Zip(all.Skip(1)))
        {
            chart.Line(from, to, halfWidth, colour);
        }

        foreach (Vector2 place in all)
        {
            chart.Dot(place, radius, colour);
        }
    }
}
