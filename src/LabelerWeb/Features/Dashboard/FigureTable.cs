using Labeler.Shared.Exports;

namespace Labeler.Web.Features.Dashboard;

/// <summary>The numbers behind one chart: shown as a table below it, and downloaded as CSV.</summary>
/// <param name="Name">In the address of the download.</param>
public sealed record FigureTable(string Name, string Title, string[] Headers, IReadOnlyList<object?[]> Rows)
{
    /// <summary>Does a column hold numbers, which stand at the right?</summary>
    public bool IsNumeric(int column) => Rows.All(row => row[column] is not (string or DateTimeOffset)) && Rows.Any(row => row[column] is not null);

    /// <summary>The table as a CSV file.</summary>
    public IResult ToDownload(string file) => Results.Stream(async body =>
    {
        await using var writer = new StreamWriter(body);
        await Csv.Write(writer, Headers, Rows.ToAsyncEnumerable());
    }, "text/csv", file);

    /// <summary>A cell as people read it: shares in per cent, other numbers short.</summary>
    public static string Show(object? cell) => cell switch
    {
        null => "",
        Percent share => share.ToString(),
        double.NaN => "–",
        double number => number.ToString(Math.Abs(number) < 10 ? "0.000" : "0.0", System.Globalization.CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("d MMM HH:mm", System.Globalization.CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
