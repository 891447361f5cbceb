using System.Globalization;
using System.Text;
using Labeler.Shared.Statistics;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>
/// The comparison as text. Rates are means over seeds. Pictures have the same noise in every run, so a mean of several runs has the
/// interval of one run's pictures: it is not made narrower by the number of seeds, whose lowest and highest rate stand beside it.
/// </summary>
internal static class SignalTable
{
    private const int Column = 14;

    /// <summary>A line for each epoch and method, then one for each method over the later half of its epochs.</summary>
    public static string Write(IReadOnlyList<SignalRow> rows)
    {
        var text = new StringBuilder();
        text.AppendLine($"epoch  votes  {"method",-Column}  safe %  95 % interval  seeds, %       "
            + "flagged %  alike  usable  signal  color drift");
        foreach (var epoch in rows.GroupBy(row => row.Measured.Epoch).OrderBy(epoch => epoch.Key))
        {
            foreach (var method in epoch.GroupBy(row => row.Method))
            {
                text.AppendLine(Line([.. method]));
            }
        }

        int last = rows.Max(row => row.Measured.Epoch), early = last / 2;
        text.AppendLine().AppendLine(Invariant($"epochs {early + 1} to {last}, all seeds"));
        text.AppendLine($"{"method",-Column}  groups  judged alike %  usable %  epochs without a signal  votes in them  mean safe %");
        foreach (var method in rows.Where(row => row.Measured.Epoch > early).GroupBy(row => row.Method))
        {
            text.AppendLine(Late([.. method]));
        }

        return text.ToString();
    }

    private static string Line(SignalRow[] seeds)
    {
        double[] rates = [.. seeds.Select(row => 100 * row.Measured.Rate.Share)];
        double pictures = seeds[0].Measured.Rate.Of;
        Proportion mean = Proportion.Wilson(pictures * rates.Average() / 100, pictures);
        string range = Invariant($"{rates.Min():0.0} to {rates.Max():0.0}"),
            interval = Invariant($"{100 * mean.Low:0.0} to {100 * mean.High:0.0}");
        int judged = seeds.Sum(row => row.Groups) * SignalOptions.GroupSize;
        return Invariant($"{seeds[0].Measured.Epoch,5}  {seeds[0].Votes,5}  {seeds[0].Method,-Column}  {rates.Average(),6:0.0}  ")
            + Invariant($"{interval,-13}  {range,-13}  {Share(seeds.Sum(row => row.Flagged), judged),9}  ")
            + Invariant($"{seeds.Average(row => row.Alike),5:0.0}  {seeds.Average(row => row.Usable),6:0.0}  ")
            + Invariant($"{seeds.Average(row => row.Signal),6:0.0}  {seeds.Average(row => row.Measured.ColourDrift),11:0.000}");
    }

    private static string Late(SignalRow[] rows)
    {
        int groups = rows.Sum(row => row.Groups), silent = rows.Count(row => row.Signal == 0);
        // Every epoch of a run has as many votes.
        int votes = rows.Where(row => row.Signal == 0).Sum(row => row.Votes / row.Measured.Epoch);
        return Invariant($"{rows[0].Method,-Column}  {groups,6}  {Share(rows.Sum(row => row.Alike), groups),14}  ")
            + Invariant($"{Share(rows.Sum(row => row.Usable), groups),8}  {$"{silent} of {rows.Length}",23}  {votes,13}  ")
            + Invariant($"{100 * rows.Average(row => row.Measured.Rate.Share),11:0.0}");
    }

    private static string Share(int count, int of) => of == 0 ? "" : Invariant($"{100.0 * count / of:0.0}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
