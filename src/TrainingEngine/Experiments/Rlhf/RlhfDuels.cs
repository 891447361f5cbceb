using System.Text;
using Labeler.Shared.Statistics;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Duels;

namespace Labeler.TrainingEngine.Experiments.Rlhf;

/// <summary>The base model and what each method made of it meet on evaluation images of the same noise, before raters who had no part in
/// training.</summary>
internal static class RlhfDuels
{
    private static readonly string[] Names = ["base", RlhfTraining.Direct, RlhfTraining.Classic];

    /// <summary>Writes <c>duels.csv</c> and <c>duels.png</c>.</summary>
    /// <param name="rows">Of all rounds; each seed's last are taken.</param>
    /// <returns>The table, over all seeds.</returns>
    public static string Write(string folder, IReadOnlyList<RlhfRow> rows, RlhfOptions options)
    {
        var table = new DuelTable(Names);
        List<DuelMeeting> all = [];
        List<string> lines = [DuelTable.CsvHeader];
        foreach (var seed in rows.GroupBy(row => row.Seed))
        {
            var last = seed.Max(row => row.Round);
            RlhfRow[] met =
            [
                seed.First(row => row.Round == 0),
                seed.Single(row => row.Round == last && row.Method == RlhfTraining.Direct),
                seed.Single(row => row.Round == last && row.Method == RlhfTraining.Classic),
            ];
            var own = Meet(met, options, seed.Key).ToList();
            all.AddRange(own);
            lines.AddRange(table.ToCsv($"{seed.Key}", DuelResults.Of(own)));
        }
        var results = DuelResults.Of(all);
        lines.AddRange(table.ToCsv("all", results));
        AtomicFile.Write(Path.Combine(folder, "duels.csv"), Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        AtomicFile.Write(Path.Combine(folder, "duels.png"),
            DuelChart.Draw($"Duels on {options.EvaluationImages} images of each seed, 95 % intervals", Names, results).ToPng());
        return table.ToText(results);
    }

    private static IEnumerable<DuelMeeting> Meet(RlhfRow[] met, RlhfOptions options, int seed)
    {
        var raters = SimulatedAnnotator.Several(options.Raters, options.Annotator.First(seed, crew: 1));
        var number = 0L;
        for (var image = 0; image < met[0].Seen.Length; image++)
        {
            foreach (var (first, second) in new[] { (0, 1), (0, 2), (1, 2) })
            {
                var (left, right) = (met[first].JudgementOf(image), met[second].JudgementOf(image));
                var picks = Array.ConvertAll(raters, rater => rater.Pick(left, right, number));
                int Count(PairPick pick) => picks.Count(one => one == pick);
                yield return new(first, second, Count(PairPick.Left), Count(PairPick.Right), Count(PairPick.Tie), Count(PairPick.BothBad),
                    ((long)seed << 32) + image);
                number++;
            }
        }
    }
}
