using System.Diagnostics;

namespace Labeler.TrainingEngine.Training;

/// <summary>How micro-batches share the processor's cores.</summary>
/// <param name="Workers">Micro-batches at once.</param>
/// <param name="Threads">libtorch's threads inside each.</param>
public readonly record struct WorkerChoice(int Workers, int Threads)
{
    /// <summary>
    /// Measures whether one micro-batch on all cores, or one micro-batch on each, is faster here: which one it is depends
    /// on the model's size and on what else runs on the machine.
    /// </summary>
    /// <param name="cores">Cores to use.</param>
    /// <param name="microBatch">One micro-batch, forward and backward; called from several threads at once.</param>
    /// <param name="report">Takes a line that says what was measured.</param>
    public static WorkerChoice Measure(int cores, Action microBatch, Action<string>? report)
    {
        if (cores == 1)
        {
            return new WorkerChoice(1, 1);
        }
        var apart = new WorkerChoice(cores, 1);
        var together = new WorkerChoice(1, cores);
        var (apartTime, togetherTime) = (apart.Time(microBatch), together.Time(microBatch));
        var choice = apartTime <= togetherTime ? apart : together;
        report?.Invoke(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"a micro-batch takes {apartTime:0.000} s with {cores} workers of one thread, {togetherTime:0.000} s with one worker of {cores} threads: taking {choice.Workers} × {choice.Threads}"));
        return choice;
    }

    // Seconds per micro-batch, the better of two rounds after one to warm up.
    private double Time(Action microBatch)
    {
        using var workers = new Workers(Workers, Threads);
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
