using System.Text;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Experiments.Comparison;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>
/// Safety learned from pairs within groups, from pairs across groups and from images judged alone, at equal votes and with the same seeds:
/// what is left to learn from in late epochs, when most groups are judged alike. Stopped and called again with the same folder it goes on.
/// </summary>
/// <param name="modelFolder">The bundled model.</param>
/// <param name="options">How it is compared.</param>
/// <param name="folder">Gets <c>signals.csv</c>, <c>results.csv</c> and <c>curve.png</c> as comparisons of algorithms have them, sheets and
/// each run's policies.</param>
/// <param name="output">Gets a line for each measurement, and the table.</param>
public sealed class SignalRun(string modelFolder, SignalOptions options, string folder, TextWriter output)
{
    private readonly SignalTraining _training = new(modelFolder, options, folder);
    private SignalState _state = new([], []);

    /// <exception cref="EngineException">An option is impossible, or the folder was begun with other options.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the rows so far are on the disk.</exception>
    public void Run(CancellationToken stop)
    {
        options.Check();
        // More seeds and epochs may be asked for later.
        RunDirectory.Of(folder, RunDirectory.Identity(modelFolder, options with { Seeds = 0, Epochs = 0 }, options.Trained));
        _state = SignalState.Of(folder);
        output.WriteLine($"share of safe images among {options.EvaluationImages} evaluation images");
        output.WriteLine(SignalRow.CsvHeader);
        for (int seed = options.D3po.Seed; seed < options.D3po.Seed + options.Seeds; seed++)
        {
            foreach (SignalMethod method in SignalMethod.All)
            {
                Compete(method, seed, stop);
            }

            SignalTraining.Delete(_training.FirstSamples(seed));
        }

        output.WriteLine();
        output.Write(SignalTable.Write(_state.Rows));
    }

    private void Compete(SignalMethod method, int seed, CancellationToken stop)
    {
        SignalRow last = _state.Rows.LastOrDefault(row => row.Method == method.Name && row.Seed == seed) ?? Base(method, seed, stop);
        while (last.Measured.Epoch < options.Epochs)
        {
            last = _training.Epoch(method, last, _state.BaseColour, stop);
            Add(last);
        }
    }

    // All start from the same model, which is measured once.
    private SignalRow Base(SignalMethod method, int seed, CancellationToken stop)
    {
        EpochRow? known = _state.Rows.FirstOrDefault(row => row.Measured.Epoch == 0)?.Measured;
        if (known is null)
        {
            Measurement measured = _training.Measure(null, stop);
            _state = _state with { BaseColour = measured.Colour };
            known = measured.ToRow(0, measured.Colour, 0, 0);
        }

        var row = new SignalRow(method.Name, seed, 0, 0, 0, 0, 0, 0, 0, known, null);
        Add(row);
        return row;
    }

    private void Add(SignalRow row)
    {
        _state = _state with { Rows = [.. _state.Rows, row] };
        Write("signals.csv", [SignalRow.CsvHeader, .. _state.Rows.Select(one => one.ToCsv())]);
        Write("results.csv", [ComparisonRow.CsvHeader, .. _state.Rows.Select(one => one.ToComparison().ToCsv())]);
        Picture curve = ComparisonCurve.Draw("share of safe images, over images judged",
            ComparisonPoint.Of(_state.Rows.Select(one => one.ToComparison())));
        AtomicFile.Write(Path.Combine(folder, "curve.png"), curve.ToPng());
        output.WriteLine(row.ToCsv());
        _state.Save(folder);
    }

    private void Write(string name, IEnumerable<string> lines) =>
        AtomicFile.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
}
