using System.Collections.Concurrent;

namespace Labeler.Web.Security;

/// <summary>
/// Tells pages that stay open, soon after anybody did something, to ask anew whether they may. It looks at the newest lines of the log of
/// what was done, and so hears also of what another process of the installation did.
/// </summary>
public sealed partial class RightsWatch(IDbContextFactory<LabelerDb> contexts, ILogger<RightsWatch> log) : BackgroundService
{
    /// <summary>Short enough that an open page stops within a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    // Lines of several processes may appear in another order than their numbers.
    private const int Newest = 50;

    private readonly ConcurrentDictionary<Guid, Func<Task>> _hearers = new();
    private HashSet<long>? _seen;

    /// <summary>Has something done whenever rights may have changed, until what is returned is disposed of.</summary>
    public IDisposable Hear(Func<Task> ask)
    {
        var id = Guid.NewGuid();
        _hearers[id] = ask;
        return new Ending(() => _hearers.TryRemove(id, out _));
    }

    // By the real clock: rights end in real time.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Look(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private async Task Look(CancellationToken stopping)
    {
        if (_hearers.IsEmpty)
        {
            _seen = null;
            return;
        }
        try
        {
            await using var db = await contexts.CreateDbContextAsync(stopping);
            var now = (await db.AuditEntries.OrderByDescending(entry => entry.Id).Select(entry => entry.Id).Take(Newest)
                .ToListAsync(stopping)).ToHashSet();
            if (_seen?.SetEquals(now) != true)
            {
                _seen = now;
                await Task.WhenAll(_hearers.Values.Select(ask => ask()));
            }
        }
        catch (Exception error) when (!stopping.IsCancellationRequested && error is not OutOfMemoryException)
        {
            // Each page also asks by itself, every few seconds.
            LogFailed(log, error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Whether rights have changed could not be found out and is asked again")]
    private static partial void LogFailed(ILogger log, Exception error);

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
