namespace Labeler.Shared.Comparisons;

/// <summary>One measurement along training.</summary>
/// <param name="Epoch">Epochs learned from.</param>
/// <param name="Used">Pictures learned from so far: the horizontal axis.</param>
/// <param name="Low">Lower end of one run's interval; the mean of several seeds less their deviation.</param>
/// <param name="Runs">Over how many seeds it is the mean.</param>
public sealed record CurvePoint(int Epoch, double Used, double Value, double Low, double High, int Runs = 1);

/// <summary>How one thing went along training.</summary>
public sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points)
{
    public bool IsMean => Points.Any(point => point.Runs > 1);

    /// <summary>Its last measurements alone.</summary>
    public Curve Last(int points) => this with { Points = [.. Points.TakeLast(points)] };

    /// <summary>
    /// Several runs as seeds of one thing, at equal numbers of pictures: epoch by epoch the mean, and the sample's standard deviation (n −
    /// 1)
    /// to both sides. An epoch stands where the run that had used the fewest pictures by then stands; of one that had used more, the value
    /// there is taken from the straight line between its two measurements around, and it is left out where there are none. An epoch of
    /// which
    /// one run alone tells is left out, as its value is no mean of the others; a single run stays as it is.
    /// </summary>
    public static Curve Together(string name, IReadOnlyList<Curve> seeds)
    {
        if (seeds.Count == 1)
        {
            return seeds[0] with { Name = name };
        }
        var points = new List<CurvePoint>();
        foreach (var epoch in seeds.SelectMany(seed => seed.Points).Select(point => point.Epoch).Distinct().Order())
        {
            var there = seeds.Where(seed => seed.Points.Any(point => point.Epoch == epoch)).ToList();
            var used = there.Min(seed => seed.Points.Where(point => point.Epoch == epoch).Max(point => point.Used));
            double[] values = [.. there.Select(seed => seed.At(used)).OfType<double>()];
            if (values.Length < 2)
            {
                continue;
            }
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
            points.Add(new(epoch, used, mean, mean - deviation, mean + deviation, values.Length));
        }
        return new(name, points);
    }

    // Between two measurements the straight line; what was measured more than once at one number counts by its mean.
    private double? At(double used)
    {
        var before = Points.Where(point => point.Used <= used).GroupBy(point => point.Used).MaxBy(same => same.Key);
        var after = Points.Where(point => point.Used >= used).GroupBy(point => point.Used).MinBy(same => same.Key);
        if (before is not { } low || after is not { } high)
        {
            return null;
        }
        var (from, to) = (low.Average(point => point.Value), high.Average(point => point.Value));
        return high.Key > low.Key ? from + ((to - from) * (used - low.Key) / (high.Key - low.Key)) : from;
    }
}
