using System.Globalization;

namespace Labeler.Web.Features.Epochs;

internal static class ChangeText
{
    public static string Of(EpochChange change) => change.Measure switch
    {
        "score" or "value" => Line(change, $"mean {change.Measure} ", 1, "", "0.00"),
        EpochChange.Preferred =>
            $"Preferred in {Percent.Text(change.Now)} of the blind pairs against epoch {change.Against}; "
            + $"with 95 % between {Percent.Text(change.Before + change.Low)} and {Percent.Text(change.Before + change.High)}, "
            + $"chance is {Percent.Text(change.Before)}.",
        _ => Line(change, $"{change.Measure} ", 100, " %", "0.0"),
    };

    private static string Line(EpochChange change, string what, double times, string unit, string format)
    {
        string Show(double value) => (value * times).ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');
        return $"{char.ToUpperInvariant(what[0])}{what[1..]}{Show(change.Now)}{unit} against {Show(change.Before)}{unit}; "
            + $"the difference of {Show(change.Difference)} lies between {Show(change.Low)} and {Show(change.High)} with 95 %.";
    }
}
