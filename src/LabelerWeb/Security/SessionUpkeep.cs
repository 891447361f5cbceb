using System.Collections.Concurrent;

namespace Labeler.Web.Security;

/// <summary>Writes down now and then which sessions were seen, so that requests only read, and removes old ones.</summary>
internal sealed partial class SessionUpkeep(IDbContextFactory<LabelerDb> contexts, TimeProvider time, ILogger<SessionUpkeep> log)
    : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, bool> _seen = new();

    public void Seen(Guid session) => _seen.TryAdd(session, true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryOnce(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private async Task TryOnce(CancellationToken stopping)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(stopping);
            Guid[] seen = [.. _seen.Keys];
            foreach (var some in seen.Chunk(500))
            {
                await Session.See(db, some, time.GetUtcNow(), stopping);
            }
            foreach (var id in seen)
            {
                _seen.TryRemove(id, out _);
            }
            await Session.RemoveOld(db, time.GetUtcNow(), stopping);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested && error is not OutOfMemoryException)
        {
            // Pages go on without it. What was seen is kept, and written the next time.
            LogFailed(log, error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Sessions could not be brought up to date and are tried again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
