using Microsoft.EntityFrameworkCore.Design;

namespace Labeler.Shared.Data.PostgreSql;

/// <summary>What <c>dotnet ef</c> reads the model from; it has no database.</summary>
internal sealed class PostgreSqlDesignTimeFactory : IDesignTimeDbContextFactory<PostgreSqlLabelerDb>
{
    public PostgreSqlLabelerDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlLabelerDb>().UseNpgsql().Options);
}
