using System.Diagnostics;
using Labeler.Bench.Labeling;

namespace Labeler.Bench.Scaling;

/// <summary>Times things, tells the times, and keeps the plan of what is slow.</summary>
/// <param name="plans">A folder for plans; null where none are kept.</param>
internal sealed class Measured(Place place, string? plans)
{
    private const double Slow = 100;
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    /// <param name="times">How often it is done, and once before that is not counted; fewer where it takes longer than a minute in all.</param>
    public async Task Time(string what, int times, Func<IServiceProvider, int, Task> work)
    {
        await work(place.Services, times);
        var (taken, all) = (new List<double>(), Stopwatch.StartNew());
        for (var n = 0; n < times && all.Elapsed < Most; n++)
        {
            var began = Stopwatch.GetTimestamp();
            await work(place.Services, n);
            taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        Tell(what, taken);
        if (plans is not null && Figures.Percentile(taken, .95) > Slow && await place.WorstPlan(services => work(services, times + 1)) is { } plan)
        {
            var name = string.Concat(what.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
            await File.WriteAllTextAsync(Path.Combine(plans, $"{name}.txt"), plan);
        }
    }

    public static void Tell(string what, IReadOnlyList<double> taken) => Console.WriteLine(FormattableString.Invariant(
        $"| {what} | {Figures.Percentile(taken, .5):0.0} | {Figures.Percentile(taken, .95):0.0} | {taken.Max():0.0} | {taken.Count} |"));
}
