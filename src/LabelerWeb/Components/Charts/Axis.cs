using System.Globalization;

namespace Labeler.Web.Components.Charts;

/// <summary>An axis from one round number to another, with round numbers between.</summary>
public sealed record Axis(double From, double To, double Step)
{
    private const int About = 5;
    public static Axis Shares { get; } = new(0, 1, 0.2);

    /// <param name="whole">Are only whole numbers of any sense?</param>
    public static Axis For(IEnumerable<double> values, bool whole)
    {
        var all = values.DefaultIfEmpty(0).ToList();
        var (least, most) = (all.Min(), all.Max());
        var span = most - least > 1e-12 * Math.Max(1, Math.Abs(most)) ? most - least : Math.Max(1, Math.Abs(most));
        var rough = span / About;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        step = whole ? Math.Max(1, step) : step;
        var from = Math.Floor(least / step) * step;
        return new(from, Math.Max(Math.Ceiling(most / step) * step, from + step), step);
    }

    public IEnumerable<double> Ticks => Enumerable.Range(0, (int)Math.Round((To - From) / Step) + 1).Select(n => From + n * Step);

    /// <summary>Where a value stands, 0 to 1.</summary>
    public double Place(double value) => (Math.Clamp(value, From, To) - From) / (To - From);

    public string Label(double tick, bool isShare) => isShare
        ? (100 * tick).ToString("0.#", CultureInfo.InvariantCulture) + " %"
        : (Math.Abs(tick) < Step / 1e6 ? 0 : tick).ToString(Step >= 1 ? "#,0" : "0.######", CultureInfo.InvariantCulture);
}
