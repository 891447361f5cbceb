using System.Globalization;

namespace Labeler.Web.Features.Epochs;

internal static class ChangeText
{
    public static string Of(EpochChange change) => change.Measure switch
    {
        "score" => Line(change, Texts.Say($"Mean score"), 1, "", "0.00"),
        "value" => Line(change, Texts.Say($"Mean value"), 1, "", "0.00"),
        EpochChange.Preferred => Preferred(change),
        var rate => Line(change, Texts.Of(char.ToUpperInvariant(rate[0]) + rate[1..]), 100, " %", "0.0"),
    };

    private static string Preferred(EpochChange change)
    {
        var (now, old, at) = (Percent.Text(change.Now), Percent.Text(change.Before), change.Against);
        var (low, high) = (Percent.Text(change.Before + change.Low), Percent.Text(change.Before + change.High));
        return Texts.Say($"Preferred in {now} of the blind pairs against epoch {at}; with 95 % between {low} and {high}, chance is {old}.");
    }

    private static string Line(EpochChange change, string what, double times, string unit, string format)
    {
        string Show(double value) => (value * times).ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');
        var (now, before, difference) = (Show(change.Now) + unit, Show(change.Before) + unit, Show(change.Difference));
        var (low, high) = (Show(change.Low), Show(change.High));
        return Texts.Say($"{what} {now} against {before}; the difference of {difference} lies between {low} and {high} with 95 %.");
    }
}
