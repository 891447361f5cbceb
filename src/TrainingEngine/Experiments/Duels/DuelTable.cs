using System.Globalization;
using System.Text;
using Labeler.Shared.Statistics;

namespace Labeler.TrainingEngine.Experiments.Duels;

/// <summary>What duels gave, as lines of a CSV file and as text.</summary>
/// <param name="names">Of the checkpoints, in the order of their numbers.</param>
internal sealed class DuelTable(IReadOnlyList<string> names)
{
    private const int Column = 17;

    /// <summary>First line of the CSV file; shares are of 1. <c>seed</c> and <c>against</c> may be <c>all</c>.</summary>
    public const string CsvHeader =
        "seed,checkpoint,against,votes,wins,wins_low,wins_high,meetings,majority,majority_low,majority_high,ties,both_bad";

    /// <summary>A line for each checkpoint against all, then against each.</summary>
    public IEnumerable<string> ToCsv(string seed, IEnumerable<DuelResults> results) => results.Select(one => string.Create(
        CultureInfo.InvariantCulture,
        $"{seed},{names[one.Contestant]},{(one.Against is { } other ? names[other] : "all")},"
            + $"{one.Votes},{Cells(one.Wins)},{one.Majority.Of},{Cells(one.Majority)},{one.Ties},{one.BothBad}"));

    /// <summary>Against all, and below each against each.</summary>
    public string ToText(IReadOnlyList<DuelResults> results)
    {
        var text = new StringBuilder();
        text.AppendLine($"{"checkpoint",-Column}  {"wins %",-22}  {"won by more than half %",-24}  votes   ties  both bad");
        foreach (DuelResults one in results.Where(one => one.Against is null))
        {
            text.AppendLine(
                $"{names[one.Contestant],-Column}  {Percent(one.Wins),-22}  {Percent(one.Majority),-24}  {one.Votes,5}  {one.Ties,5}  "
                    + $"{one.BothBad,8}");
        }

        text.AppendLine().AppendLine($"{"wins %, against",-Column}  {string.Concat(names.Select(name => name.PadRight(Column + 6)))}");
        for (int row = 0; row < names.Count; row++)
        {
            var cells = Enumerable.Range(0, names.Count)
                .Select(column =>
                    results.FirstOrDefault(one => one.Contestant == row && one.Against == column) is { } duel ? Percent(duel.Wins) : "");
            text.AppendLine($"{names[row],-Column}  {string.Concat(cells.Select(cell => cell.PadRight(Column + 6)))}".TrimEnd());
        }

        return text.ToString();
    }

    private static string Cells(Proportion share) =>
        string.Create(CultureInfo.InvariantCulture, $"{share.Share:0.####},{share.Low:0.####},{share.High:0.####}");

    private static string Percent(Proportion share) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * share.Share:0.0} [{100 * share.Low:0.0}, {100 * share.High:0.0}]");
}
