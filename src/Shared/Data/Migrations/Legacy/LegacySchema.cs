using System.Reflection;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Labeler.Shared.Data.Migrations.Legacy;

/// <summary>
/// The schema before Entity Framework's migrations: seven numbered SQL steps, listed by the table SchemaVersions. Frozen.
/// The first made the tables, the others are kept here; after the seventh the tables are those that InitialCreate makes.
/// </summary>
internal static class LegacySchema
{
    public const int Last = 7;

    /// <summary>Stands in SchemaVersions beside Entity Framework's history, so that programs which know only SchemaVersions refuse the database.</summary>
    public const int Closed = 8;

    private static readonly (int Version, string Name)[] Steps =
    [
        (2, "0002-picture-source"),
        (3, "0003-photos"),
        (4, "0004-evaluations"),
        (5, "0005-learned-rewards"),
        (6, "0006-tuned-steps"),
        (Last, "0007-later-votes"),
    ];

    /// <summary>1 to <see cref="Last"/>: not adopted yet; <see cref="Closed"/>: made or adopted by Entity Framework's migrations; 0: the database is empty.</summary>
    public static async Task<int> Version(LabelerDb db, CancellationToken cancel) => await db.HasTable("SchemaVersions", cancel)
        ? (int)await db.Database.SqlQuery<long>($"SELECT coalesce(max(\"Version\"), 0) AS \"Value\" FROM \"SchemaVersions\"").SingleAsync(cancel)
        : 0;

    /// <summary>In one transaction: makes the tables those of <paramref name="initial"/>, and records that migration as applied.</summary>
    public static async Task Adopt(LabelerDb db, int version, string initial, DateTimeOffset now, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        foreach (var step in Steps.Where(s => s.Version > version))
        {
            await db.Database.ExecuteSqlRawAsync(Sql(step.Name, db.Database.IsSqlite()), cancel);
            await Record(db, step.Version, step.Name, now, cancel);
        }
        await Record(db, Closed, initial, now, cancel);
        var history = db.GetService<IHistoryRepository>();
        await db.Database.ExecuteSqlRawAsync(history.GetCreateIfNotExistsScript(), cancel);
        await db.Database.ExecuteSqlRawAsync(history.GetInsertScript(new(initial, ProductInfo.GetVersion())), cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The step <paramref name="name"/> as <c>NAME.sqlite.sql</c> or <c>NAME.postgresql.sql</c> has it.</summary>
    private static string Sql(string name, bool sqlite)
    {
        var resource = $"Migrations.{name}.{(sqlite ? "sqlite" : "postgresql")}.sql";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The schema step {resource} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Task<int> Record(LabelerDb db, int version, string name, DateTimeOffset now, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"INSERT INTO \"SchemaVersions\" (\"Version\", \"Name\", \"AppliedAt\") VALUES ({version}, {name}, {now.ToUnixTimeMilliseconds()})", cancel);
}
