using System.Diagnostics;
using System.Text;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>
/// Repeats one of D3PO's experiments on the bundled model with simulated annotators: sample, judge, learn, measure, epoch
/// after epoch, through the same code as an application's epochs. A run that was stopped goes on in its folder, in the
/// middle of an epoch too; the seconds of that epoch are then those of the last attempt.
/// </summary>
/// <param name="modelFolder">The bundled model.</param>
/// <param name="options">What is repeated.</param>
/// <param name="folder">Gets <c>results.csv</c>, <c>labels.csv</c>, <c>curve.png</c>, <c>epoch-N.png</c>, <c>training.png</c> and each
/// epoch's samples and checkpoints.</param>
/// <param name="output">Gets the table.</param>
public sealed class ReproductionRun(string modelFolder, ReproductionOptions options, string folder, TextWriter output)
{
    private const int RowsAlongTraining = 8;
    private ReproductionState _state = null!;

    /// <exception cref="EngineException">An option is impossible, or the folder holds something else.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what is complete stays, and the next call goes on.</exception>
    public IReadOnlyList<EpochRow> Run(CancellationToken stop)
    {
        options.Check();
        _state = ReproductionState.Begin(folder, modelFolder, options);
        output.WriteLine(
            $"{options.Experiment.Name}: share of {options.Experiment.Good} among {options.EvaluationImages} evaluation images");
        output.WriteLine(EpochRow.TableHeader);
        foreach (EpochRow known in _state.Rows)
        {
            output.WriteLine(known.ToText(LabelsAt(known.Epoch)));
        }

        if (_state.Rows.Count == 0)
        {
            Measure(0, null, 0, 0, stop);
        }

        for (int epoch = _state.Rows.Count; epoch <= options.Epochs; epoch++)
        {
            string? policy = _state.Policy is null ? null : Path.Combine(folder, _state.Policy);
            var clock = Stopwatch.StartNew();
            SampleFolder samples = Sample(epoch, policy, stop);
            double sampled = clock.Elapsed.TotalSeconds;
            var lesson = TrainingData.Of([samples, .. Earlier(epoch, options.Replay)], options, epoch);
            clock.Restart();
            // Where all verdicts agree there is nothing to learn, and the policy stays.
            policy = lesson.Preferences.Count > 0 ? Learn(epoch, policy, lesson, stop) : policy;
            Measure(epoch, policy, sampled, clock.Elapsed.TotalSeconds, stop);
        }

        return _state.Rows;
    }

    private int LabelsAt(int epoch) => epoch * options.Groups * ReproductionOptions.GroupSize;

    private string FolderOf(int epoch) => Path.Combine(folder, $"epoch-{epoch}");

    private string SamplesOf(int epoch) => Path.Combine(FolderOf(epoch), "samples");

    private IEnumerable<SampleFolder> Earlier(int epoch, int epochs) =>
        Enumerable.Range(1, epochs).Select(back => epoch - back).Where(past => past > 0)
            .Select(past => SampleFolder.Open(SamplesOf(past)));

    private SampleFolder Sample(int epoch, string? policy, CancellationToken stop)
    {
        using ComputeThreads workers = Workers();
        string[] prompts = [.. AskedPrompts.Of(options, epoch, Earlier(epoch, PromptShares.Remembered))];
        return new EpochSamples(modelFolder, options.Steps, options.Guidance, ReproductionOptions.GroupSize)
            .Fill(SamplesOf(epoch), policy, prompts, Seeds.At((ulong)options.Seed, (ulong)epoch), workers, stop);
    }

    private string Learn(int epoch, string? policy, JudgedEpoch lesson, CancellationToken stop)
    {
        var place =
            new RunOptions { Output = Path.Combine(FolderOf(epoch), "training"), Workers = Environment.ProcessorCount, Threads = 1 };
        return new D3poAlgorithm().Run(
            new EpochRun(StableDiffusion.Load(modelFolder), lesson, options.Trained with { From = policy }, place, stop),
                options.D3po with { Seed = options.Seed + epoch }).Weights;
    }

    private void Measure(int epoch, string? policy, double sampleSeconds, double trainSeconds, CancellationToken stop)
    {
        using ComputeThreads workers = Workers();
        Measurement measured = Measurement.Of(modelFolder, policy, options, workers, stop);
        double[] baseColour = epoch == 0 ? measured.Colour : _state.BaseColour;
        EpochRow row = measured.ToRow(epoch, baseColour, sampleSeconds, trainSeconds);
        _state = _state with
        {
            Rows = [.. _state.Rows, row],
            BaseColour = baseColour,
            Policy = policy is null ? null : Path.GetRelativePath(folder, policy)
        };
        output.WriteLine(row.ToText(LabelsAt(epoch)));
        Write($"epoch-{epoch}.png", measured.Sheet().ToPng());
        new SamplesAlongTraining(Measurement.Sheets, Math.Min(Measurement.SheetImages, options.EvaluationImages)).Write(
            folder, [
                new SheetSeries("",
                    [.. _state.Rows.Select(
                        known => ($"{LabelsAt(known.Epoch)} judged", Path.Combine(folder, $"epoch-{known.Epoch}.png")))])],
                            RowsAlongTraining);
        Write("curve.png", RateCurve.Draw(options.Experiment.Good, _state.Rows).ToPng());
        WriteLines("results.csv", EpochRow.CsvHeader, known => known.ToCsv());
        WriteLines("labels.csv", ReproducedRun.LabelsHeader, known => known.ToLabelsCsv(LabelsAt(known.Epoch)));
        _state.Save(folder);
    }

    private void WriteLines(string name, string header, Func<EpochRow, string> line) =>
        Write(name, Encoding.UTF8.GetBytes(string.Concat(_state.Rows.Select(line).Prepend(header).Select(text => text + "\n"))));

    private void Write(string name, byte[] content) => AtomicFile.Write(Path.Combine(folder, name), content);

    private static ComputeThreads Workers() => new(Environment.ProcessorCount, 1);
}
