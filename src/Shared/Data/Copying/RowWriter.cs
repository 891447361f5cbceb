using Microsoft.Data.Sqlite;
using Npgsql;

namespace Labeler.Shared.Data.Copying;

/// <summary>Writes rows into an empty table.</summary>
internal abstract class RowWriter : IAsyncDisposable
{
    /// <summary>Writes one row.</summary>
    /// <param name="values">In the order of the table's columns; null for a database's NULL.</param>
    public abstract Task Add(object?[] values, CancellationToken cancel);

    /// <summary>After the last row.</summary>
    public abstract Task Complete(CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}

/// <summary>By one prepared statement.</summary>
internal sealed class SqliteRowWriter : RowWriter
{
    private readonly SqliteCommand _insert;

    public SqliteRowWriter(SqliteConnection connection, SqliteTransaction transaction, CopiedTable table)
    {
        _insert = connection.CreateCommand();
        _insert.Transaction = transaction;
        var names = table.Columns.Select((_, i) => FormattableString.Invariant($"$p{i}")).ToList();
        _insert.CommandText =
            $"INSERT INTO {CopiedTable.Quoted(table.Name)} ({table.ColumnList}) VALUES ({string.Join(", ", names)})";
        foreach (var name in names)
        {
            _insert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
        _insert.Prepare();
    }

    public override Task Add(object?[] values, CancellationToken cancel)
    {
        for (var i = 0; i < values.Length; i++)
        {
            _insert.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
        return _insert.ExecuteNonQueryAsync(cancel);
    }

    public override Task Complete(CancellationToken cancel) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => _insert.DisposeAsync();
}

/// <summary>By PostgreSQL's binary COPY.</summary>
internal sealed class PostgreSqlRowWriter(NpgsqlConnection connection, CopiedTable table) : RowWriter
{
    private readonly NpgsqlBinaryImporter _import =
        connection.BeginBinaryImport($"COPY {CopiedTable.Quoted(table.Name)} ({table.ColumnList}) FROM STDIN (FORMAT BINARY)");

    public override async Task Add(object?[] values, CancellationToken cancel)
    {
        await _import.StartRowAsync(cancel);
        for (var i = 0; i < values.Length; i++)
        {
            await (values[i] is { } value ? _import.WriteAsync(value, table.Columns[i].StoreType, cancel) : _import.WriteNullAsync(cancel));
        }
    }

    // Numbers that the database gives go on after the highest that was copied.
    public override async Task Complete(CancellationToken cancel)
    {
        await _import.CompleteAsync(cancel);
        await _import.DisposeAsync();
        if (table.Identity is { } identity)
        {
            var (name, column) = (CopiedTable.Quoted(table.Name), CopiedTable.Quoted(identity));
            await using var next = new NpgsqlCommand(
                $"SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max({column}), 1), max({column}) IS NOT NULL) FROM {name}",
                connection)
            { Parameters = { new() { Value = name }, new() { Value = identity } } };
            await next.ExecuteNonQueryAsync(cancel);
        }
    }

    public override ValueTask DisposeAsync() => _import.DisposeAsync();
}
