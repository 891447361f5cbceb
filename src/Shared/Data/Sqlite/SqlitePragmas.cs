using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Labeler.Shared.Data.Sqlite;

/// <summary>Sets up every SQLite connection: writers wait for each other instead of failing, a full sync makes each acknowledged vote
/// durable, and rows that are named exist. (WAL is kept in the file: see Migrator.)</summary>
/// <remarks>A connection stays open from its context's first query until the context ends: to open and close it around each query
/// registers all of EF Core's functions every time, which costs more than a look by a key does.</remarks>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA busy_timeout=10000; PRAGMA synchronous=FULL; PRAGMA foreign_keys=1;";

    // A pooled connection is opened for each context but keeps what was set.
    private static readonly ConditionalWeakTable<object, object> SetUp = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply((SqliteConnection)connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        Apply((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    public override InterceptionResult ConnectionClosing(DbConnection connection, ConnectionEventData eventData,
        InterceptionResult result) => InterceptionResult.Suppress();

    public override ValueTask<InterceptionResult> ConnectionClosingAsync(DbConnection connection, ConnectionEventData eventData,
        InterceptionResult result) => ValueTask.FromResult(InterceptionResult.Suppress());

    private static void Apply(SqliteConnection connection)
    {
        if (SetUp.TryGetValue(connection.Handle!, out _))
        {
            return;
        }
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
        SetUp.AddOrUpdate(connection.Handle!, Pragmas);
    }
}
