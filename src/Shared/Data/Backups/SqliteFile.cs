using Labeler.Shared.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Labeler.Shared.Data.Backups;

/// <summary>A SQLite file, opened beside Entity Framework.</summary>
public static class SqliteFile
{
    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>A context on a file anywhere, for copies of the database.</summary>
    public static LabelerDb Context(string path) => new SqliteLabelerDb(new DbContextOptionsBuilder<SqliteLabelerDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString).Options);

    /// <summary>Copies a database that may be in use into a new file that can be moved as it is.</summary>
    public static void Copy(string database, string to)
    {
        using var from = Open(database, SqliteOpenMode.ReadWrite);
        using var copy = Open(to, SqliteOpenMode.ReadWriteCreate);
        from.BackupDatabase(copy);
        Ask(copy, "PRAGMA journal_mode=DELETE");
    }

    public static string? Ask(SqliteConnection connection, string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar()?.ToString();
    }

    /// <summary>What is wrong with a file's pages or indexes; null where it is sound.</summary>
    public static string? Fault(string path)
    {
        try
        {
            using var file = Open(path, SqliteOpenMode.ReadOnly);
            return Ask(file, "PRAGMA integrity_check(1)") is not "ok" and var fault ? fault : null;
        }
        catch (SqliteException error)
        {
            return error.Message;
        }
    }
}
