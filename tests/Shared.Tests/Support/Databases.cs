using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace Labeler.Shared.Tests.Support;

/// <summary>The databases that tests run on.</summary>
public sealed class Databases : IDisposable
{
    public const string Collection = "databases";
    public const string Sqlite = "SQLite";
    public const string PostgreSql = "PostgreSQL";

    private readonly Lazy<PostgreSqlServer> _server = new(() => new PostgreSqlServer());

    public async Task<World> World(string database) =>
        await Support.World.Create(database == PostgreSql ? await _server.Value.NewDatabase() : null);

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
public sealed class OnEachDatabaseAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        PostgreSqlServer.Binaries is null ? [[Databases.Sqlite]] : [[Databases.Sqlite], [Databases.PostgreSql]];
}

/// <summary>A test of PostgreSQL alone, skipped with a word where it is not installed.</summary>
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    public PostgreSqlFactAttribute()
    {
        if (PostgreSqlServer.Binaries is null)
        {
            Skip = "PostgreSQL is not installed (Debian's package postgresql).";
        }
    }
}
