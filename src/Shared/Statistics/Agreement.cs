namespace Labeler.Shared.Statistics;

/// <summary>How far people agree. A unit is the labels that one thing got; units with fewer than two labels say
/// nothing.</summary>
public static class Agreement
{
    /// <summary>Share of agreeing pairs of raters, averaged over units; NaN without a unit that has two labels.</summary>
    public static double Percent(IEnumerable<IReadOnlyList<string>> units)
    {
        var shares = units.Where(u => u.Count > 1).Select(Pairs).ToList();
        return shares.Count == 0 ? double.NaN : shares.Average();
    }

    /// <summary>Cohen's kappa of two raters (J. Cohen, 1960): (p_o − p_e) / (1 − p_e) with each rater's own label shares.</summary>
    /// <param name="labels">What the first and the second rater said about each unit.</param>
    public static double Cohen(IReadOnlyCollection<(string First, string Second)> labels)
    {
        if (labels.Count == 0)
        {
            return double.NaN;
        }
        double n = labels.Count;
        var first = labels.CountBy(l => l.First).ToDictionary();
        var second = labels.CountBy(l => l.Second).ToDictionary();
        var observed = labels.Count(l => l.First == l.Second) / n;
        var expected = first.Sum(f => f.Value / n * second.GetValueOrDefault(f.Key) / n);
        return Chance(observed, expected);
    }

    /// <summary>Fleiss' kappa (J. L. Fleiss, 1971). Every unit has the same number of labels; NaN otherwise.</summary>
    public static double Fleiss(IReadOnlyCollection<IReadOnlyList<string>> units)
    {
        if (units.Count == 0 || units.First().Count < 2 || units.Any(u => u.Count != units.First().Count))
        {
            return double.NaN;
        }
        double all = units.Sum(u => u.Count);
        var expected = units.SelectMany(u => u).CountBy(label => label).Sum(l => l.Value / all * (l.Value / all));
        return Chance(units.Average(Pairs), expected);
    }

    /// <summary>Krippendorff's alpha for nominal data: 1 − D_o / D_e over the coincidence matrix, for any number of raters and with gaps
    /// (K. Krippendorff, 2011).</summary>
    public static double Krippendorff(IEnumerable<IReadOnlyList<string>> units)
    {
        var pairable = units.Where(u => u.Count > 1).ToList();
        double n = pairable.Sum(u => u.Count);
        if (n == 0)
        {
            return double.NaN;
        }
        var totals = pairable.SelectMany(u => u).CountBy(label => label).Select(l => (double)l.Value).ToList();
        var observed = pairable.Sum(u => u.Count * (1 - Pairs(u))) / n;
        var expected = 1 - totals.Sum(t => t * (t - 1)) / (n * (n - 1));
        return expected == 0 ? double.NaN : 1 - observed / expected;
    }

    /// <summary>Krippendorff's alpha for ordinal data: two values are the further apart the more ratings lie between them (K. Krippendorff,
    /// 2011, section E).</summary>
    /// <param name="units">The values that each thing got; only their order counts.</param>
    public static double KrippendorffOrdinal(IEnumerable<IReadOnlyList<double>> units)
    {
        var pairable = units.Where(u => u.Count > 1).ToList();
        var totals = pairable.SelectMany(u => u).CountBy(value => value).OrderBy(value => value.Key).ToList();
        double n = totals.Sum(t => t.Value);
        // Ratings below each value, and half of those with it.
        var middle = new Dictionary<double, double>();
        var below = 0.0;
        foreach (var (value, count) in totals)
        {
            middle[value] = below + count / 2.0;
            below += count;
        }
        double Apart(double one, double other) => (middle[one] - middle[other]) * (middle[one] - middle[other]);
        var observed = pairable.Sum(u => u.Sum(one => u.Sum(other => Apart(one, other))) / (u.Count - 1));
        var expected = totals.Sum(one => totals.Sum(other => one.Value * other.Value * Apart(one.Key, other.Key))) / (n - 1);
        return n == 0 || expected == 0 ? double.NaN : 1 - observed / expected;
    }

    private static double Pairs(IReadOnlyList<string> labels)
    {
        double n = labels.Count;
        return labels.CountBy(label => label).Sum(l => l.Value * (l.Value - 1.0)) / (n * (n - 1));
    }

    // Undefined where everybody always says the same: there is no chance agreement to exceed.
    private static double Chance(double observed, double expected) => expected == 1 ? double.NaN : (observed - expected) / (1 - expected);
}
