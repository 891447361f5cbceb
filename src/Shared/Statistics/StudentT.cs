namespace Labeler.Shared.Statistics;

/// <summary>How many standard errors a 95 % interval reaches to both sides when the error is estimated too (Student, 1908).</summary>
internal static class StudentT
{
    private const double Z95 = 1.959963984540054;

    // To 9 degrees of freedom, where the series below is not good to four digits.
    private static readonly double[] Few = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622];

    /// <summary>The 97.5 % quantile (M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.7.5).</summary>
    /// <param name="freedom">Degrees of freedom, 1 or more.</param>
    public static double Of(int freedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        if (freedom <= Few.Length)
        {
            return Few[freedom - 1];
        }
        double z = Z95, v = freedom;
        double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
        return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
    }
}
