using System.Collections.Concurrent;
using System.Globalization;
using Labeler.Shared.Data.Servers;
using Npgsql;

namespace Labeler.Web.Components;

/// <summary>
/// Tells pages that stay open when something of their project has changed, whichever server or worker changed it: it listens to the
/// database. Where that cannot be listened to the pages ask now and then, as they do anyway.
/// </summary>
public sealed partial class LiveChanges(ChangeChannel channel, ILogger<LiveChanges> log) : BackgroundService
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // A connection that was cut without a word is noticed by asking it something.
    private const int SecondsBetweenSigns = 10;

    private readonly ConcurrentDictionary<Guid, (long Project, Action Look)> _hearers = new();
    private TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the database is listened to; not before the end of the world on SQLite.</summary>
    internal Task Listens => _listens.Task;

    /// <summary>Has something done whenever the project may have changed, until what is returned is disposed of.</summary>
    public IDisposable Hear(long project, Action look)
    {
        var id = Guid.NewGuid();
        _hearers[id] = (project, look);
        return new Ending(() => _hearers.TryRemove(id, out _));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (channel.Connection is null)
        {
            return;
        }
        for (var wait = FirstWait; !stoppingToken.IsCancellationRequested; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                await Listen(() => wait = FirstWait, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                LogLost(log, error.Message);
            }
            if (Listens.IsCompleted)
            {
                _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            await Task.Delay(wait, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task Listen(Action heard, CancellationToken stopping)
    {
        var settings = new NpgsqlConnectionStringBuilder(channel.Connection) { KeepAlive = SecondsBetweenSigns, Pooling = false };
        await using var server = new NpgsqlConnection(settings.ConnectionString);
        server.Notification += (_, told) => Tell(told.Payload);
        await server.OpenAsync(stopping);
        await using (var listen = new NpgsqlCommand($"LISTEN {ChangeChannel.Name}", server))
        {
            await listen.ExecuteNonQueryAsync(stopping);
        }
        heard();
        // What happened before, or while nobody listened, was not heard.
        foreach (var (_, look) in _hearers.Values)
        {
            look();
        }
        _listens.TrySetResult();
        while (true)
        {
            await server.WaitAsync(stopping);
        }
    }

    /// <summary>Has everybody look who hears of the project of this number.</summary>
    internal void Tell(string payload)
    {
        if (long.TryParse(payload, CultureInfo.InvariantCulture, out var project))
        {
            foreach (var hearer in _hearers.Values.Where(hearer => hearer.Project == project))
            {
                hearer.Look();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database cannot be listened to ({Reason}): open pages ask now and then, and it is tried again")]
    private static partial void LogLost(ILogger log, string reason);

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
