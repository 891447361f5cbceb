using Labeler.Shared.Data;
using Labeler.Shared.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Shared.Tests.Support;

/// <summary>A data folder of its own with a real database, thrown away afterwards.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private World(string? postgreSql)
    {
        PostgreSql = postgreSql;
        _services = Services(Folder, postgreSql, Clock);
    }

    /// <summary>It stands still until it is moved.</summary>
    public FakeTimeProvider Clock { get; } = new(new(2025, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public string Folder { get; } = Directory.CreateTempSubdirectory("labeler-test-").FullName;
    public string? PostgreSql { get; }
    public DateTimeOffset Now => Clock.GetUtcNow();
    public IDbContextFactory<LabelerDb> Contexts => Get<IDbContextFactory<LabelerDb>>();
    public FileStore Files => Get<FileStore>();

    /// <summary>A world on a database that is there already: PostgreSQL's, or a copy of a SQLite file.</summary>
    public static World On(string? postgreSql, string? sqliteFile)
    {
        var world = new World(postgreSql);
        if (sqliteFile is not null)
        {
            File.Copy(sqliteFile, world.Get<DataFolder>().Database);
        }
        return world;
    }

    /// <summary>A world whose database is made by the migrations.</summary>
    public static async Task<World> Migrated(string? postgreSql = null)
    {
        var world = new World(postgreSql);
        await world.Get<Migrator>().Apply();
        return world;
    }

    /// <summary>
    /// Services as a second process on the same data would have them. It comes to the folder by another path,
    /// so that nothing which this process keeps by name (its queue of writers, its pooled connections) is shared.
    /// </summary>
    public ServiceProvider AnotherProcess()
    {
        var path = Path.Combine(Folder, "by-another-path");
        Directory.CreateSymbolicLink(path, Folder);
        return Services(path, PostgreSql, Clock);
    }

    /// <summary>Services on the same data that write their log to <paramref name="log"/>.</summary>
    public ServiceProvider WithLog(ILoggerProvider log) => Services(Folder, PostgreSql, Clock, log);

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public LabelerDb Open() => Contexts.CreateDbContext();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (PostgreSql is not null)
        {
            // Idle connections end by a timer, which is late on a busy machine, and the server takes no more than so many.
            await using var any = new Npgsql.NpgsqlConnection(PostgreSql);
            Npgsql.NpgsqlConnection.ClearPool(any);
        }
        File.Delete(Path.Combine(Folder, "by-another-path"));
        Directory.Delete(Folder, recursive: true);
    }

    private static ServiceProvider Services(string folder, string? postgreSql, TimeProvider clock, ILoggerProvider? log = null)
    {
        var settings = new Dictionary<string, string?> { [$"ConnectionStrings:{ServiceRegistration.ConnectionName}"] = postgreSql };
        return new ServiceCollection()
            .AddSingleton(clock)
            .AddLogging(logging => logging.Services.AddSingleton(log ?? NullLoggerProvider.Instance))
            .AddLabelerData(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), folder)
            .BuildServiceProvider();
    }
}
