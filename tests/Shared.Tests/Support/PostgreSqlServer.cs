using System.Diagnostics;
using Npgsql;

namespace Labeler.Shared.Tests.Support;

/// <summary>
/// A PostgreSQL server of its own in a temporary folder, reachable only through a socket there. As root it runs as the user
/// postgres, since it refuses root. It ends, and its folder goes, when this process ends, by whatever cause.
/// </summary>
public sealed class PostgreSqlServer : IDisposable
{
    // Standard input ends with the process that holds its other end. Ctrl+C reaches this shell too, and is not for it.
    private const string UntilInputEnds = """
        trap '' INT
        binaries=$1 folder=$2
        shift 2
        "$binaries/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=400 "$@" \
            >"$folder/log" 2>&1 </dev/null & server=$!
        cat >/dev/null 2>&1
        kill -QUIT $server
        wait $server
        rm -rf "$folder"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _server;
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-pg-").FullName;
    private int _databases;

    public PostgreSqlServer() : this([]) { }

    /// <param name="settings">Such as <c>fsync=on</c>, in the place of those of tests.</param>
    public PostgreSqlServer(params string[] settings)
    {
        if (Environment.UserName == "root")
        {
            Run("chown", "postgres", _folder);
        }
        Run(AsServer(Path.Combine(Binaries!, "initdb"), "-D", Path.Combine(_folder, "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"));
        _server = Start(AsServer(["sh", "-c", UntilInputEnds, "sh", Binaries!, _folder, .. settings.SelectMany(setting => new[] { "-c", setting })]));
        WaitUntilReady();
    }

    public static string? Binaries { get; } =
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).FirstOrDefault(b => File.Exists(Path.Combine(b, "initdb"))) : null;

    /// <summary>The socket that it listens on.</summary>
    public string Socket => Path.Combine(_folder, ".s.PGSQL.5432");

    /// <summary>The connection string of a new database: empty, or a copy of another.</summary>
    public async Task<string> NewDatabase(string? template = null)
    {
        var name = $"labeler{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(To("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}{(template is null ? "" : $" TEMPLATE {new NpgsqlConnectionStringBuilder(template).Database}")}", connection);
        await command.ExecuteNonQueryAsync();
        return To(name);
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        _server.StandardInput.Close();
        _server.WaitForExit();
        _server.Dispose();
    }

    private string To(string database) => $"Host={_folder};Username=postgres;Database={database};Maximum Pool Size=60;Connection Idle Lifetime=2;Connection Pruning Interval=1";

    private void WaitUntilReady()
    {
        for (var started = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                using var connection = new NpgsqlConnection(To("postgres"));
                connection.Open();
                return;
            }
            catch (NpgsqlException) when (!_server.HasExited && started.Elapsed < Patience)
            {
                // Not yet.
            }
        }
    }

    private static string[] AsServer(params string[] command) => Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. command] : command;

    private static void Run(params string[] command)
    {
        using var process = Start(command);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
        }
    }

    // Standard output must not be a pipe that somebody waits on.
    private static Process Start(params string[] command) =>
        Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", .. command]) { RedirectStandardInput = true, WorkingDirectory = "/" })!;
}
