using System.Text;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Experiments.Comparison;

namespace Labeler.TrainingEngine.Experiments.Duels;

/// <summary>
/// Algorithms learn from simulated votes on pairs, as many images, passes and optimizer steps each, and meet the base model and each
/// other in blind duels (D3PO, section 5.2.3: figure 7 and the last column of table 1). Stopped and called again with the
/// same folder it goes on.
/// </summary>
/// <param name="modelFolder">The bundled model.</param>
/// <param name="options">Who meets whom.</param>
/// <param name="folder">Gets <c>duels.csv</c>, <c>duels.png</c>, and for each seed its meetings, two sheets and the policies.</param>
/// <param name="output">Gets a line for each step, and the table.</param>
public sealed class DuelRun(string modelFolder, DuelOptions options, string folder, TextWriter output)
{
    private readonly IReadOnlyList<string> _names = ["base", .. options.Algorithms];

    /// <summary>What all seeds' meetings gave together.</summary>
    /// <exception cref="EngineException">An option is impossible, or the folder was begun with others.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what is complete stays.</exception>
    public IReadOnlyList<DuelResults> Run(CancellationToken stop)
    {
        options.Check();
        // More seeds may be asked for later.
        RunDirectory.Of(folder, RunDirectory.Identity(modelFolder, options with { Seeds = 0 }, options.Trained));
        var table = new DuelTable(_names);
        var (meetings, lines) = (new List<DuelMeeting>(), new List<string>());
        IReadOnlyList<DuelResults> results = [];
        for (int seed = options.D3po.Seed, count = 1; count <= options.Seeds; seed++, count++)
        {
            IReadOnlyList<DuelMeeting> own = Seed(seed, stop);
            meetings.AddRange(own);
            lines.AddRange(table.ToCsv($"{seed}", DuelResults.Of(own)));
            results = DuelResults.Of(meetings);
            string[] csv = [DuelTable.CsvHeader, .. lines, .. table.ToCsv("all", results)];
            AtomicFile.Write(Path.Combine(folder, "duels.csv"), Encoding.UTF8.GetBytes(string.Join('\n', csv) + "\n"));
            string title =
                $"Duels on {options.EvaluationImages} images each, {options.Raters} {(options.Raters == 1 ? "rater" : "raters")}, {count} "
                    + $"{(count == 1 ? "seed" : "seeds")}, 95 % intervals";
            AtomicFile.Write(Path.Combine(folder, "duels.png"), DuelChart.Draw(title, _names, results).ToPng());
        }

        output.Write(table.ToText(results));
        return results;
    }

    private IReadOnlyList<DuelMeeting> Seed(int seed, CancellationToken stop)
    {
        string place = Path.Combine(folder, $"seed-{seed}"), file = Path.Combine(place, "meetings.csv");
        if (File.Exists(file))
        {
            return MeetingsFile.Read(file);
        }

        var training = new DuelTraining(modelFolder, options, place, seed, output);
        string?[] policies = [null, .. options.Algorithms.Select(name => training.Run(ComparedAlgorithm.Parse(name), stop))];
        var round = new DuelRound(modelFolder, options, _names, seed);
        foreach (string? policy in policies)
        {
            output.WriteLine(round.Enter(policy, stop));
        }

        IReadOnlyList<DuelMeeting> meetings = round.Judge();
        AtomicFile.Write(Path.Combine(place, "meetings.png"), round.MeetingSheet().ToPng());
        AtomicFile.Write(Path.Combine(place, "before-after.png"), round.BeforeAfterSheet().ToPng());
        MeetingsFile.Write(file, meetings);
        if (Directory.Exists(training.FirstSamples))
        {
            Directory.Delete(training.FirstSamples, recursive: true);
        }

        return meetings;
    }
}
