using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Labeler.Shared.Tests.Support;

/// <summary>
/// Databases as programs left them before Entity Framework's migrations. The files in <c>Data/legacy</c> were written by the last of these programs
/// (commit 2eb3ccf), with a row in every table and a value in every column; older versions are made from them by undoing its schema's steps.
/// </summary>
public static class LegacyDatabase
{
    public const int Newest = 7;

    // What takes back the step that made each version.
    private static readonly (int Version, string Undo)[] Steps =
    [
        (7, """ALTER TABLE "LearnedRewards" DROP COLUMN "LaterRight"; ALTER TABLE "LearnedRewards" DROP COLUMN "LaterPairs"; ALTER TABLE "LearnedRewards" DROP COLUMN "LaterAt";"""),
        (6, """ALTER TABLE "Checkpoints" DROP COLUMN "JobId"; ALTER TABLE "Checkpoints" DROP COLUMN "Step";"""),
        (5, """ALTER TABLE "Epochs" DROP COLUMN "RewardId"; DROP TABLE "LearnedRewards";"""),
        (4, """DROP TABLE "Evaluations";"""),
        (3, """DROP TABLE "Photos"; DROP TABLE "SkippedFiles"; DROP TABLE "TrainingSheets";"""),
        (2, """ALTER TABLE "Projects" DROP COLUMN "Source"; ALTER TABLE "Checkpoints" DROP COLUMN "Name";"""),
    ];

    public static async Task<World> LegacyWorld(this Databases databases, string database, int version = Newest)
    {
        var world = database == Databases.PostgreSql ? World.On(await Restored(databases), null) : World.On(null, At("version-7.db"));
        await using var db = world.Open();
        foreach (var step in Steps.Where(s => s.Version > version))
        {
            await db.Database.ExecuteSqlRawAsync(step.Undo);
            await db.Database.ExecuteSqlAsync($"DELETE FROM \"SchemaVersions\" WHERE \"Version\" = {step.Version}");
        }
        return world;
    }

    /// <summary>The SQL that made the tables of the first version.</summary>
    public static Task<string> FirstSchema(LabelerDb db) => File.ReadAllTextAsync(At($"0001-start.{(db.Database.IsSqlite() ? "sqlite" : "postgresql")}.sql"));

    private static async Task<string> Restored(Databases databases)
    {
        var database = await databases.EmptyPostgreSql();
        // A dump changes its session's settings, which no other test may get.
        await using var connection = new NpgsqlConnection(database + ";Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(await File.ReadAllTextAsync(At("version-7.postgresql.sql")), connection);
        await command.ExecuteNonQueryAsync();
        return database;
    }

    private static string At(string file) => Path.Combine(AppContext.BaseDirectory, "Data", "legacy", file);
}
