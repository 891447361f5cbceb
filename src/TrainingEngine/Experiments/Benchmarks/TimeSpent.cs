using System.Diagnostics;

namespace Labeler.TrainingEngine.Experiments.Benchmarks;

/// <summary>What a piece of work took.</summary>
/// <param name="Seconds">On the clock: other programs on the machine lengthen it.</param>
/// <param name="ProcessorSeconds">Of all cores together: waiting for a busy core does not count.</param>
internal readonly record struct TimeSpent(double Seconds, double ProcessorSeconds)
{
    public static TimeSpent Around(Action work)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        work();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        process.Refresh();
        return new TimeSpent(seconds, (process.TotalProcessorTime - before).TotalSeconds);
    }
}
