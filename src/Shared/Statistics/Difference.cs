namespace Labeler.Shared.Statistics;

/// <summary>
/// How much one measured value lies above another that was measured apart from it. The 95 % interval comes from the two intervals
/// (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10; for means G. Y. Zou and A. Donner, ibid. 27, 2008).
/// </summary>
public readonly record struct Difference(double Value, double Low, double High)
{
    /// <summary>Does the whole interval lie on one side of zero?</summary>
    public bool IsMoreThanChance => Low > 0 || High < 0;

    public static Difference Of((double Value, double Low, double High) one, (double Value, double Low, double High) other)
    {
        static double Beyond(double a, double b) => Math.Sqrt((a * a) + (b * b));
        var value = one.Value - other.Value;
        return new(value, value - Beyond(one.Value - one.Low, other.High - other.Value),
            value + Beyond(one.High - one.Value, other.Value - other.Low));
    }
}
