using System.Reflection;
using Labeler.Tests.Support;
using Npgsql;
using Xunit.Sdk;

namespace Labeler.Shared.Tests.Support;

/// <summary>The databases that tests run on.</summary>
public sealed class Databases : IDisposable
{
    public const string Collection = "databases";
    public const string Sqlite = "SQLite";
    public const string PostgreSql = "PostgreSQL";

    private readonly Lazy<PostgreSqlServer> _server = new(() => new PostgreSqlServer());
    private string? _migratedPostgreSql;

    /// <summary>A world of its own, on a copy of a database that was migrated once.</summary>
    public async Task<World> World(string database)
    {
        if (database == PostgreSql)
        {
            _migratedPostgreSql ??= await MigratePostgreSql();
            return Support.World.On(await _server.Value.NewDatabase(_migratedPostgreSql), null);
        }
        var world = Support.World.On(null, null);
        MigratedDatabase.PutInto(world.Folder);
        return world;
    }

    public async Task<World> FreshWorld(string database) => await Support.World.Migrated(database == PostgreSql ? await EmptyPostgreSql() : null);

    /// <summary>A world whose database has no table yet.</summary>
    public async Task<World> EmptyWorld(string database) => Support.World.On(database == PostgreSql ? await EmptyPostgreSql() : null, null);

    private async Task<string> MigratePostgreSql()
    {
        var empty = await EmptyPostgreSql();
        await using (await Support.World.Migrated(empty))
        {
            // A database that is connected to cannot be copied.
            NpgsqlConnection.ClearAllPools();
        }
        NpgsqlConnection.ClearAllPools();
        return empty;
    }

    public async Task<string> EmptyPostgreSql() => await _server.Value.NewDatabase();

    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }
    }
}

[CollectionDefinition(Databases.Collection)]
public sealed class DatabasesCollection : ICollectionFixture<Databases>;

/// <summary>Runs a theory on SQLite, and on PostgreSQL where it is installed.</summary>
/// <param name="with">A second argument, each of these in turn; none where the theory takes the database alone.</param>
public sealed class OnEachDatabaseAttribute(params object[] with) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from database in PostgreSqlServer.Binaries is null ? new[] { Databases.Sqlite } : [Databases.Sqlite, Databases.PostgreSql]
        from arguments in with.Length == 0 ? [[database]] : with.Select(second => new[] { database, second })
        select arguments;
}
