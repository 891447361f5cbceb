using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Labeler.Shared.Data.Sqlite;

/// <summary>Sets up every SQLite connection: writers wait for each other instead of failing, and a full sync makes each acknowledged vote
/// durable. (WAL is kept in the file: see Migrator.)</summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA busy_timeout=10000; PRAGMA synchronous=FULL;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }
}
