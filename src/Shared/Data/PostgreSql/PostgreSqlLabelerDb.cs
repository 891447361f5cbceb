namespace Labeler.Shared.Data.PostgreSql;

/// <summary><see cref="LabelerDb"/> on a PostgreSQL server. It is a type of its own because each kind of database has its own
/// migrations.</summary>
public sealed class PostgreSqlLabelerDb(DbContextOptions<PostgreSqlLabelerDb> options) : LabelerDb(options)
{
    public static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, string connection) => options.UseNpgsql(connection);
}
