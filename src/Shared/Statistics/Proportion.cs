namespace Labeler.Shared.Statistics;

/// <summary>A share with its 95 % Wilson score interval (E. B. Wilson, 1927). Counts may be fractions, where several people judged one
/// image.</summary>
/// <param name="Share">0 to 1; 0 when there is nothing to count.</param>
public sealed record Proportion(double Count, double Of, double Share, double Low, double High)
{
    /// <summary>Independent judgements that would vary as much; decides how wide the interval is.</summary>
    public double Independent { get; init; } = Of;

    private const double Z95 = 1.959963984540054;

    /// <summary>Where what is counted is independent; <see cref="Cluster.Share"/> where it is not.</summary>
    public static Proportion Wilson(double count, double of) => Wilson(count, of, of);

    /// <param name="independent">See <see cref="Independent"/>.</param>
    public static Proportion Wilson(double count, double of, double independent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, of);
        if (of == 0)
        {
            return new(0, 0, 0, 0, 1);
        }
        var share = count / of;
        var z2 = Z95 * Z95;
        var centre = (share + z2 / (2 * independent)) / (1 + z2 / independent);
        var half = Z95 / (1 + z2 / independent)
            * Math.Sqrt(share * (1 - share) / independent + z2 / (4 * independent * independent));
        return new(count, of, share, Math.Max(0, centre - half), Math.Min(1, centre + half)) { Independent = independent };
    }
}
