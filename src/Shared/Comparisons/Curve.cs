namespace Labeler.Shared.Comparisons;

/// <summary>One measurement along training.</summary>
/// <param name="Epoch">Epochs learned from.</param>
/// <param name="Used">Pictures learned from so far: the horizontal axis.</param>
/// <param name="Low">Of one run its interval, of several seeds the mean less their deviation.</param>
/// <param name="Runs">Over how many seeds it is the mean.</param>
public sealed record CurvePoint(int Epoch, double Used, double Value, double Low, double High, int Runs = 1);

/// <summary>How one thing went along training.</summary>
public sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>Is it the mean of several seeds?</summary>
    public bool IsMean => Points.Any(point => point.Runs > 1);

    /// <summary>
    /// Several runs as seeds of one thing: epoch by epoch the mean, and the sample's standard deviation (n − 1) to both sides. An epoch that
    /// one run alone has reached is left out, as its value is no mean of the others; a single run stays as it is.
    /// </summary>
    public static Curve Together(string name, IReadOnlyList<Curve> seeds) => seeds.Count == 1
        ? seeds[0] with { Name = name }
        : new(name, [.. seeds.SelectMany(seed => seed.Points).GroupBy(point => point.Epoch).Where(epoch => epoch.Count() > 1).OrderBy(epoch => epoch.Key).Select(epoch =>
        {
            double[] values = [.. epoch.Select(point => point.Value)];
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
            return new CurvePoint(epoch.Key, epoch.Average(point => point.Used), mean, mean - deviation, mean + deviation, values.Length);
        })]);
}
