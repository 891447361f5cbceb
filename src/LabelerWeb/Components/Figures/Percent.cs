using System.Globalization;

namespace Labeler.Web.Components.Figures;

/// <summary>A share, or a difference of two, in a table: people read it in percent, a file holds the number between 0 and 1.</summary>
public readonly record struct Percent(double Share) : IFormattable
{
    public static string Text(double share) =>
        double.IsNaN(share) ? "–" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A share with the ends of its interval, as three cells.</summary>
    public static object[] Interval(Proportion share) => [new Percent(share.Share), new Percent(share.Low), new Percent(share.High)];

    public override string ToString() => Text(Share);

    public string ToString(string? format, IFormatProvider? formatProvider) => Share.ToString(format, formatProvider);
}
