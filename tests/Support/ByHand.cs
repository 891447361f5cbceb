using System.Diagnostics;
using Xunit.Abstractions;

namespace Labeler.Tests.Support;

/// <summary>Takes minutes, and measures: not among the tests that always run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MillionFactAttribute : FactAttribute
{
    public MillionFactAttribute() => Skip = Environment.GetEnvironmentVariable("LABELER_MILLION") == "1" ? null : "by hand, with LABELER_MILLION=1";
}

public static class ByHand
{
    /// <summary>Milliseconds of an answer: the middle of five, after one that warms up.</summary>
    public static async Task<double> Took<T>(this ITestOutputHelper output, string what, Func<Task<T>> ask)
    {
        await ask();
        var times = new List<double>();
        for (var n = 0; n < 5; n++)
        {
            var from = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }
        output.WriteLine($"{what}: {times.Order().ElementAt(2):0.0} ms (longest {times.Max():0.0})");
        return times.Order().ElementAt(2);
    }
}
