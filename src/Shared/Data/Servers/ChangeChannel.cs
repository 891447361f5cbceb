using Npgsql;

namespace Labeler.Shared.Data.Servers;

/// <summary>
/// By which a process tells all servers of an installation that something of a project has changed: PostgreSQL's NOTIFY, which carries the
/// project's number. On SQLite it tells nobody, and pages ask now and then.
/// </summary>
/// <param name="connection">Of the server; null on SQLite.</param>
public sealed class ChangeChannel(string? connection)
{
    /// <summary>What is listened to.</summary>
    public const string Name = "labeler_changes";

    // Votes come in crowds, and committing a notification holds up others that do.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private HashSet<long> _changed = [];

    /// <summary>Of the server that can be listened to; null on SQLite.</summary>
    public string? Connection => connection;

    /// <summary>Tells of these projects, a moment from now. Call it when the change is committed.</summary>
    public void Tell(IEnumerable<long> projects)
    {
        if (connection is null)
        {
            return;
        }
        lock (_lock)
        {
            var isFirst = _changed.Count == 0;
            _changed.UnionWith(projects);
            if (isFirst && _changed.Count > 0)
            {
                _ = Task.Run(Send);
            }
        }
    }

    private async Task Send()
    {
        await Task.Delay(Pause);
        long[] changed;
        lock (_lock)
        {
            changed = [.. _changed];
            _changed = [];
        }
        try
        {
            await using var server = new NpgsqlConnection(connection);
            await server.OpenAsync();
            await using var notify = new NpgsqlCommand($"SELECT pg_notify('{Name}', project::text) FROM unnest($1) AS project", server)
            {
                Parameters = { new() { Value = changed } },
            };
            await notify.ExecuteNonQueryAsync();
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            // The pages ask by themselves, too.
        }
    }
}
