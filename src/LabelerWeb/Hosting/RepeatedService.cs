namespace Labeler.Web.Hosting;

/// <summary>Does one thing again and again until the program ends. What fails is logged, and done again the next time.</summary>
/// <param name="interval">The time between two beginnings, and before the first.</param>
/// <param name="time">The clock that <paramref name="interval"/> is measured by.</param>
/// <param name="log">Where faults go.</param>
public abstract partial class RepeatedService(TimeSpan interval, TimeProvider time, ILogger log) : BackgroundService
{
    protected TimeProvider Time => time;

    /// <summary>What the log says of it where it fails: a sentence without its full stop.</summary>
    protected abstract string Failure { get; }

    /// <summary>Does it once.</summary>
    protected abstract Task Look(CancellationToken stopping);

    /// <summary>As <see cref="Look"/>; a fault is logged.</summary>
    protected async Task TryLook(CancellationToken stopping)
    {
        try
        {
            await Look(stopping);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested && error is not OutOfMemoryException)
        {
            LogFailed(log, Failure, error);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Not within the clock's own turn: one that jumps brings one look, and not all that it jumped over.
                await Task.Yield();
                await TryLook(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Failure}; it is tried again")]
    private static partial void LogFailed(ILogger log, string failure, Exception error);
}
