using Labeler.Shared.Data;
using Labeler.Shared.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Support;

/// <summary>A data folder of its own with a real database, thrown away afterwards.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-test-").FullName;

    private World(string? postgreSql, string? folder)
    {
        Folder = folder ?? _folder;
        PostgreSql = postgreSql;
        _services = Services(Folder, postgreSql, Clock);
    }

    public Clock Clock { get; } = new();
    public string Folder { get; }
    public string? PostgreSql { get; }
    public DateTimeOffset Now => Clock.GetUtcNow();
    public IDbContextFactory<LabelerDb> Contexts => Get<IDbContextFactory<LabelerDb>>();
    public FileStore Files => Get<FileStore>();

    public static async Task<World> Create(string? postgreSql = null)
    {
        var world = new World(postgreSql, null);
        await world.Get<Migrator>().Apply();
        return world;
    }

    /// <summary>Services as a second process on the same data would have them.</summary>
    public ServiceProvider AnotherProcess() => Services(Folder, PostgreSql, Clock);

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public LabelerDb Open() => Contexts.CreateDbContext();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static ServiceProvider Services(string folder, string? postgreSql, TimeProvider clock)
    {
        var settings = new Dictionary<string, string?> { [$"ConnectionStrings:{Startup.ConnectionName}"] = postgreSql };
        return new ServiceCollection()
            .AddSingleton(clock)
            .AddLabelerData(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), folder)
            .BuildServiceProvider();
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
public sealed class Clock : TimeProvider
{
    private DateTimeOffset _now = new(2025, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Move(TimeSpan by) => _now += by;
}
