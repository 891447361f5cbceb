using System.Diagnostics;

namespace TorchSharp;

/// <summary>
/// Counts the time that this thread spends inside libtorch, while a benchmark has switched it on.
/// </summary>
internal static class NativeClock
{
    private static bool on;

    [ThreadStatic]
    private static long ticks;

    /// <summary>Runs something; returns the share of its time that was spent outside libtorch, 0 to 1.</summary>
    public static double ShareOutside(Action work)
    {
        (on, ticks) = (true, 0);
        try
        {
            long started = Stopwatch.GetTimestamp();
            work();
            return 1 - ((double)ticks / (Stopwatch.GetTimestamp() - started));
        }
        finally
        {
            on = false;
        }
    }

    /// <summary>Called before libtorch is entered.</summary>
    public static long Enter() => on ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Called after libtorch has returned, with what <see cref="Enter"/> gave.</summary>
    public static void Leave(long entered)
    {
        if (entered != 0)
        {
            ticks += Stopwatch.GetTimestamp() - entered;
        }
    }
}
