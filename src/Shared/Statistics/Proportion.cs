namespace Labeler.Shared.Statistics;

/// <summary>A share with its 95 % Wilson score interval (E. B. Wilson, 1927). Counts may be fractions, where several people judged one
/// image.</summary>
/// <param name="Share">0 to 1; 0 when there is nothing to count.</param>
public sealed record Proportion(double Count, double Of, double Share, double Low, double High)
{
    private const double Z95 = 1.959963984540054;

    public static Proportion Wilson(double count, double of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, of);
        if (of == 0)
        {
            return new(0, 0, 0, 0, 1);
        }
        var share = count / of;
        var z2 = Z95 * Z95;
        var centre = (share + z2 / (2 * of)) / (1 + z2 / of);
        var half = Z95 / (1 + z2 / of) * Math.Sqrt(share * (1 - share) / of + z2 / (4 * of * of));
        return new(count, of, share, Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
