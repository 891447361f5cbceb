using System.Data;
using System.Data.Common;
using Labeler.Shared.Data.Backups;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Labeler.Shared.Data.Copying;

/// <summary>A table that was copied.</summary>
public sealed record TableCount(string Table, long Rows)
{
    /// <summary>As a line of a column of such lines.</summary>
    public string Line => FormattableString.Invariant($"{Table,-24} {Rows,12:N0}");
}

/// <summary>
/// Copies a whole database into another, of the same or of the other kind: what was committed when it began, every row compared
/// afterwards. The one that is filled changes only when all of it is right.
/// </summary>
public static class DatabaseCopy
{
    /// <param name="from">Of this version; it may be in use.</param>
    /// <param name="to">Of this version and empty; the roles and keys that every database begins with are replaced.</param>
    /// <param name="copied">Told of each table.</param>
    /// <returns>How many rows there were in all.</returns>
    /// <exception cref="LabelerException">One of them has another version, the other is not empty, or a row cannot be held by
    /// it.</exception>
    public static async Task<long> Run(LabelerDb from, LabelerDb to, Action<TableCount> copied, CancellationToken cancel = default)
    {
        await RequireThisVersion(from, cancel);
        await RequireThisVersion(to, cancel);
        await from.Database.OpenConnectionAsync(cancel);
        await to.Database.OpenConnectionAsync(cancel);
        var (source, target) = (from.Database.GetDbConnection(), to.Database.GetDbConnection());
        if (target is SqliteConnection)
        {
            // Tables that refer to themselves come in the order of their keys. All references are looked at in the end.
            await to.Database.ExecuteSqlAsync($"PRAGMA foreign_keys = OFF", cancel);
        }
        await using var reading = await Snapshot(source, cancel);
        await using var writing = await target.BeginTransactionAsync(cancel);
        var (sources, targets) = (CopiedTable.In(from), CopiedTable.In(to).ToDictionary(table => table.Name));
        await RequireEmpty(target, writing, sources, cancel);
        var rows = 0L;
        foreach (var table in sources)
        {
            rows += await Copy(source, reading, target, writing, table, targets[table.Name], copied, cancel);
        }
        await RequireReferences(target, writing, cancel);
        await writing.CommitAsync(cancel);
        return rows;
    }

    /// <summary>Copies a database into a new SQLite file, which is whole only when this has ended well; as <see cref="Run"/>.</summary>
    public static async Task<long> IntoNewFile(LabelerDb from, string path, Action<TableCount> copied, CancellationToken cancel = default)
    {
        await using var to = SqliteFile.Context(path);
        await to.Database.MigrateAsync(cancel);
        return await Run(from, to, copied, cancel);
    }

    private static async Task<long> Copy(DbConnection source, DbTransaction reading, DbConnection target, DbTransaction writing,
        CopiedTable table, CopiedTable into, Action<TableCount> copied, CancellationToken cancel)
    {
        var (read, written) = (new RowDigest(), new RowDigest());
        try
        {
            await using (var writer = WriterOf(target, writing, into))
            {
                await foreach (var row in TableRows.Read(source, reading, table, cancel))
                {
                    read.Add(row);
                    await writer.Add(row, cancel);
                }
                await writer.Complete(cancel);
            }
            await foreach (var row in TableRows.Read(target, writing, into, cancel))
            {
                written.Add(row);
            }
        }
        catch (Exception error) when (error is PostgresException or SqliteException)
        {
            throw new LabelerException($"The table {table.Name} cannot be copied after {read.Rows} rows: {error.Message}. Nothing was "
                + "changed.", error);
        }
        LabelerException.ThrowIf(!read.Same(written),
            $"The table {table.Name} has {read.Rows} rows and its copy {written.Rows}, which are not the same. Nothing was changed.");
        copied(new(table.Name, read.Rows));
        return read.Rows;
    }

    private static RowWriter WriterOf(DbConnection target, DbTransaction writing, CopiedTable into) => target is SqliteConnection sqlite
        ? new SqliteRowWriter(sqlite, (SqliteTransaction)writing, into)
        : new PostgreSqlRowWriter((NpgsqlConnection)target, into);

    // A reader's state of the whole database, while others write on.
    private static async Task<DbTransaction> Snapshot(DbConnection source, CancellationToken cancel) => source is SqliteConnection sqlite
        ? sqlite.BeginTransaction(deferred: true)
        : await source.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);

    private static async Task RequireThisVersion(LabelerDb db, CancellationToken cancel) => LabelerException.ThrowIf(
        (await db.Database.GetPendingMigrationsAsync(cancel)).Any(),
        $"The database {Named(db)} has not been brought to this version: start this version of the application on it once.");

    private static async Task RequireEmpty(
        DbConnection target, DbTransaction writing, IReadOnlyList<CopiedTable> tables, CancellationToken cancel)
    {
        foreach (var table in tables.Where(table => !FromTheStart.Contains(table.Name)))
        {
            LabelerException.ThrowIf(
                await Ask(target, writing, $"SELECT 1 FROM {CopiedTable.Quoted(table.Name)} LIMIT 1", cancel) is not null,
                $"The database that is to be filled is not empty: its table {table.Name} has rows. Name an empty one. Nothing was "
                    + "changed.");
        }
        foreach (var table in FromTheStart)
        {
            await Ask(target, writing, $"DELETE FROM {CopiedTable.Quoted(table)}", cancel);
        }
    }

    private static async Task RequireReferences(DbConnection target, DbTransaction writing, CancellationToken cancel)
    {
        if (target is SqliteConnection && await Ask(target, writing, "PRAGMA foreign_key_check", cancel) is { } table)
        {
            throw new LabelerException($"A row of the table {table} refers to one that is not there. Nothing was changed.");
        }
    }

    private static async Task<object?> Ask(DbConnection connection, DbTransaction transaction, string question, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText, command.CommandTimeout) = (transaction, question, 0);
        return await command.ExecuteScalarAsync(cancel);
    }

    private static string Named(LabelerDb db) => db.Database.GetDbConnection().DataSource;

    private static readonly string[] FromTheStart = ["Roles", nameof(LabelerDb.DataProtectionKeys)];
}
