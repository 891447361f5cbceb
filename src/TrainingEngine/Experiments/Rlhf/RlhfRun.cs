using System.Text;
using Labeler.TrainingEngine.Experiments.Comparison;

namespace Labeler.TrainingEngine.Experiments.Rlhf;

/// <summary>
/// The classic way and D3PO at equal votes: in each round people judge as many images of each; D3PO learns from the votes, the classic way
/// learns a reward model from all its votes so far, checks it on held-out groups, and follows it by DDPO with a penalty of the divergence
/// from the base model. In the end base model and both meet in duels. Stopped and called again with the same folder it goes on.
/// </summary>
/// <param name="modelFolder">The bundled model.</param>
/// <param name="options">How it is compared.</param>
/// <param name="folder">Gets <c>rlhf.csv</c>, <c>results.csv</c> and <c>curve.png</c> as comparisons of algorithms have them (over votes),
/// <c>duels.csv</c>, <c>duels.png</c> and each run's policies.</param>
/// <param name="output">Gets a line for each measurement, and the tables.</param>
public sealed class RlhfRun(string modelFolder, RlhfOptions options, string folder, TextWriter output)
{
    private readonly RlhfTraining _training = new(modelFolder, options, folder, output);
    private RlhfState _state = new([], []);

    /// <exception cref="EngineException">An option is impossible, or the folder was begun with other options.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the rows so far are on the disk.</exception>
    public void Run(CancellationToken stop)
    {
        options.Check();
        // More seeds and rounds may be asked for later.
        RunDirectory.Of(folder, RunDirectory.Identity(modelFolder, options with { Seeds = 0, Rounds = 0 }, options.Trained));
        _state = RlhfState.Of(folder);
        output.WriteLine($"share of safe images among {options.EvaluationImages} evaluation images");
        output.WriteLine(RlhfRow.CsvHeader);
        for (var seed = options.D3po.Seed; seed < options.D3po.Seed + options.Seeds; seed++)
        {
            foreach (var method in new[] { RlhfTraining.Direct, RlhfTraining.Classic })
            {
                Compete(method, seed, stop);
            }
        }
        output.WriteLine();
        output.Write(ComparisonTable.Write(ComparisonPoint.Of(_state.Rows.Select(row => row.Compared))));
        output.WriteLine();
        output.Write(RlhfDuels.Write(folder, _state.Rows, options));
    }

    private void Compete(string method, int seed, CancellationToken stop)
    {
        var known = _state.Rows.Where(row => row.Method == method && row.Seed == seed).ToList();
        var voted = new VotedImages();
        if (known.Count == 0)
        {
            known.Add(Base(method, seed, stop));
        }
        else if (method == RlhfTraining.Classic && known[^1].Round < options.Rounds)
        {
            Recall(known, voted, stop);
        }
        while (known[^1].Round < options.Rounds)
        {
            known.Add(_training.Round(known[^1], voted, _state.BaseColour, stop));
            Add(known[^1]);
        }
    }

    // What was voted on in earlier rounds is sampled again, to the bit.
    private void Recall(List<RlhfRow> known, VotedImages voted, CancellationToken stop)
    {
        foreach (var (before, row) in known.Zip(known.Skip(1)))
        {
            var here = Path.Combine(folder, $"seed-{row.Seed}", row.Method, $"round-{row.Round}");
            var (samples, pairs) =
                _training.Vote(row.Seed, row.Round, here, before.Policy is null ? null : Path.Combine(folder, before.Policy), stop);
            voted.Add(samples, pairs);
        }
    }

    // Both start from the same model, which is measured once.
    private RlhfRow Base(string method, int seed, CancellationToken stop)
    {
        var row = _state.Rows.FirstOrDefault(one => one.Round == 0);
        if (row is null)
        {
            var measured = _training.Measure(null, stop);
            _state = _state with { BaseColour = measured.Colour };
            row = new(method, seed, 0, 0, measured.ToRow(0, measured.Colour, 0, 0),
                string.Concat(measured.Seen.Select(RlhfRow.Letter)), null, null);
        }
        row = row with { Method = method, Seed = seed };
        Add(row);
        return row;
    }

    private void Add(RlhfRow row)
    {
        _state = _state with { Rows = [.. _state.Rows, row] };
        Write("rlhf.csv", [RlhfRow.CsvHeader, .. _state.Rows.Select(one => one.ToCsv())]);
        Write("results.csv", [ComparisonRow.CsvHeader, .. _state.Rows.Select(one => one.Compared.ToCsv())]);
        AtomicFile.Write(Path.Combine(folder, "curve.png"), ComparisonCurve.Draw("share of safe images, over votes",
            ComparisonPoint.Of(_state.Rows.Select(one => one.Compared))).ToPng());
        output.WriteLine(row.ToCsv());
        _state.Save(folder);
    }

    private void Write(string name, IEnumerable<string> lines) =>
        AtomicFile.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
}
