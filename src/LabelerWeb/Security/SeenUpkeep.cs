using System.Collections.Concurrent;

namespace Labeler.Web.Security;

/// <summary>Writes down now and then what was seen, so that requests only read, and removes what is old.</summary>
internal abstract partial class SeenUpkeep(IDbContextFactory<LabelerDb> contexts, TimeProvider time, ILogger log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, bool> _seen = new();

    public void Seen(Guid id) => _seen.TryAdd(id, true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Write(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    /// <summary>Writes what was seen since the last time.</summary>
    internal async Task Write(CancellationToken stopping)
    {
        try
        {
            Guid[] seen = [.. _seen.Keys];
            await using var db = await contexts.CreateDbContextAsync(stopping);
            foreach (var some in seen.Chunk(500))
            {
                await See(db, some, time.GetUtcNow(), stopping);
            }
            foreach (var id in seen)
            {
                _seen.TryRemove(id, out _);
            }
            await RemoveOld(db, time.GetUtcNow(), stopping);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested && error is not OutOfMemoryException)
        {
            // Requests go on without it. What was seen is kept, and written the next time.
            LogFailed(log, error);
        }
    }

    protected abstract Task See(LabelerDb db, Guid[] seen, DateTimeOffset now, CancellationToken stopping);

    protected abstract Task RemoveOld(LabelerDb db, DateTimeOffset now, CancellationToken stopping);

    [LoggerMessage(LogLevel.Warning, "What was seen could not be written down and is tried again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
