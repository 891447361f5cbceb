namespace Labeler.Shared.Data.Sqlite;

/// <summary><see cref="LabelerDb"/> in a SQLite file. It is a type of its own because each kind of database has its own
/// migrations.</summary>
public sealed class SqliteLabelerDb(DbContextOptions<SqliteLabelerDb> options) : LabelerDb(options)
{
    public static void Configure(DbContextOptionsBuilder options, DataFolder folder) =>
        options.UseSqlite($"Data Source={folder.Database};Default Timeout=10").AddInterceptors(new SqlitePragmas());
}
