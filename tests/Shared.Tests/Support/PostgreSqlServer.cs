using System.Diagnostics;
using Npgsql;

namespace Labeler.Shared.Tests.Support;

/// <summary>A PostgreSQL server of its own in a temporary folder, reachable only through a socket there. As root it runs as the user postgres, since it refuses root.</summary>
public sealed class PostgreSqlServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-pg-").FullName;
    private int _databases;

    public PostgreSqlServer()
    {
        if (Environment.UserName == "root")
        {
            Run("chown", "postgres", _folder);
        }
        AsServer("initdb", "-D", Data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync");
        AsServer("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"), "-o", $"-k {_folder} -c listen_addresses='' -c fsync=off -c max_connections=200", "start");
    }

    public static string? Binaries { get; } =
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).FirstOrDefault(b => File.Exists(Path.Combine(b, "initdb"))) : null;

    private string Data => Path.Combine(_folder, "data");

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
        AsServer("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string To(string database) => $"Host={_folder};Username=postgres;Database={database};Maximum Pool Size=60";

    private static void AsServer(string program, params string[] arguments)
    {
        var path = Path.Combine(Binaries!, program);
        if (Environment.UserName == "root")
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server inherits standard output, so it must not be a pipe that somebody waits on.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
