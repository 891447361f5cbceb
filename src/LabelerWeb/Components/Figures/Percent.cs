using System.Globalization;

namespace Labeler.Web.Components.Figures;

/// <summary>A share, or a difference of two, in a table of figures: people read it in per cent, a file holds the number between 0 and 1.</summary>
public readonly record struct Percent(double Share) : IFormattable
{
    public static string Text(double share) => double.IsNaN(share) ? "–" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    public override string ToString() => Text(Share);

    /// <summary>The number, for a file.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => Share.ToString(format, formatProvider);
}
