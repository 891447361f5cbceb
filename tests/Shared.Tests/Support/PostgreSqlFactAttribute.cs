namespace Labeler.Shared.Tests.Support;

/// <summary>A test of PostgreSQL alone, skipped with a word where it is not installed.</summary>
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    public PostgreSqlFactAttribute()
    {
        if (PostgreSqlServer.Binaries is null)
        {
            Skip = "PostgreSQL is not installed (Debian's package postgresql).";
        }
    }
}
