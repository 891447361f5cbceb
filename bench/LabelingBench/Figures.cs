namespace Labeler.Bench.Labeling;

public static class Figures
{
    /// <summary>The value that this share of all values does not exceed; NaN of nothing.</summary>
    public static double Percentile(IReadOnlyList<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    public static string Line(string what, IReadOnlyList<double> values) =>
        FormattableString.Invariant($"{what}: p50 {Percentile(values, .5):0.0} ms, p95 {Percentile(values, .95):0.0} ms, p99 {Percentile(values, .99):0.0} ms, worst {values.DefaultIfEmpty(double.NaN).Max():0.0} ms ({values.Count} measured)");
}
