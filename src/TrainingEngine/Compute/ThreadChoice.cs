using System.Diagnostics;
using System.Globalization;

namespace Labeler.TrainingEngine.Compute;

/// <summary>How micro-batches share the processor's cores.</summary>
/// <param name="Workers">Micro-batches at once.</param>
/// <param name="Threads">libtorch's threads inside each.</param>
public readonly record struct ThreadChoice(int Workers, int Threads)
{
    /// <summary>
    /// Measures which choice is fastest here: it depends on the model's size and on what else runs on the machine.
    /// </summary>
    /// <param name="choices">To measure; the first wins a tie.</param>
    /// <param name="microBatch">One micro-batch, forward and backward; called from several threads at once.</param>
    /// <param name="report">Takes a line that says what was measured.</param>
    public static ThreadChoice Measure(IReadOnlyList<ThreadChoice> choices, Action microBatch, Action<string>? report)
    {
        if (choices.Count == 1)
        {
            return choices[0];
        }
        var times = choices.Select(choice => (Choice: choice, Seconds: choice.Time(microBatch))).ToArray();
        var best = times.MinBy(time => time.Seconds).Choice;
        report?.Invoke($"seconds per micro-batch with workers × threads: {string.Join(", ", times.Select(time =>
            string.Create(CultureInfo.InvariantCulture, $"{time.Choice} {time.Seconds:0.000}")))}; taking {best}");
        return best;
    }

    public override string ToString() => $"{Workers} × {Threads}";

    // Seconds per micro-batch, the better of two rounds after one to warm up.
    private double Time(Action microBatch)
    {
        using var workers = new ComputeThreads(Workers, Threads);
        var best = double.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var watch = Stopwatch.StartNew();
            workers.Run(Workers, _ => { microBatch(); return true; }, (_, _) => { });
            best = round == 0 ? best : Math.Min(best, watch.Elapsed.TotalSeconds / Workers);
        }
        return best;
    }
}
