using Microsoft.EntityFrameworkCore.Design;

namespace Labeler.Shared.Data.Sqlite;

/// <summary>What <c>dotnet ef</c> reads the model from; it has no database.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteLabelerDb>
{
    public SqliteLabelerDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteLabelerDb>().UseSqlite().Options);
}
