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
