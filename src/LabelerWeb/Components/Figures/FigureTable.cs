using Labeler.Shared.Exports;

namespace Labeler.Web.Components.Figures;

/// <summary>The numbers behind one chart: shown as a table below it, and downloaded as CSV.</summary>
/// <param name="Name">In the address of the download.</param>
public sealed record FigureTable(string Name, string Title, string[] Headers, IReadOnlyList<object?[]> Rows)
{
    /// <param name="things">What the raters have in common.</param>
    public static FigureTable Of(AgreementFigures agreement, string title, string things) => new("agreement", title, ["measure", "value"],
        agreement.Units == 0 ? [] :
        [
            [things, agreement.Units], ["people", agreement.Raters], ["percent agreement", new Percent(agreement.Percent)],
            ["Cohen's kappa, mean over pairs of people", agreement.Cohen], ["Fleiss' kappa", agreement.Fleiss],
            ["Krippendorff's alpha", agreement.Krippendorff],
        ]);

    /// <summary>Does a column hold numbers, which stand at the right?</summary>
    public bool IsNumeric(int column) =>
        Rows.All(row => row[column] is not (string or DateTimeOffset)) && Rows.Any(row => row[column] is not null);

    /// <summary>The table as a CSV file.</summary>
    public IResult ToDownload(string file) =>
        Downloads.Csv(file, writer => Csv.Write(writer, Headers, Rows.ToAsyncEnumerable()));

    /// <summary>A cell as people read it; words that everybody uses in their language.</summary>
    public static string Show(object? cell, IStringLocalizer<Texts> texts) => cell switch
    {
        null => "",
        Percent share => share.ToString(),
        double.NaN => "–",
        double number when double.IsInteger(number) => number.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture),
        double number => number.ToString(Math.Abs(number) < 10 ? "0.000" : "0.0", System.Globalization.CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString(texts["d MMM HH:mm"], System.Globalization.CultureInfo.InvariantCulture),
        string text => texts[text],
        _ => cell.ToString() ?? "",
    };
}
