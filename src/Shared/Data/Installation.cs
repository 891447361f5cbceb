using Labeler.Shared.Storage;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Labeler.Shared.Data;

/// <summary>What an installation is known by in each of the places that can be shared by mistake; null where nothing is noted.</summary>
/// <param name="Database">Of a PostgreSQL server. A SQLite file lies in the data folder.</param>
/// <param name="Store">Of a store outside of the data folder.</param>
public sealed record InstallationMarks(string? Folder, string? Database, string? Store);

/// <summary>
/// Keeps two installations from one database or one bucket, where each would remove the other's files: a data folder, its PostgreSQL
/// database and its bucket carry one mark. Several machines of one installation have a store in common and a data folder each.
/// </summary>
public sealed class Installation(IDbContextFactory<LabelerDb> contexts, DataFolder folder, FileStore store)
{
    // The comment of a table that every version has: no migration is needed, and a copy of the database carries it along.
    private const string Said = "Labeler installation ";

    private string MarkFile => Path.Combine(folder.Root, "installation");

    public async Task<InstallationMarks> Read(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var noted = File.Exists(MarkFile) ? (await File.ReadAllTextAsync(MarkFile, cancel)).Trim() : "";
        return new(noted.Length > 0 ? noted : null, await InDatabase(db, cancel), await store.Owner(cancel));
    }

    /// <summary>What does not fit; null where all belongs together.</summary>
    public static string? Fault(InstallationMarks marks, DataFolder folder) => marks switch
    {
        { Folder: { } own, Database: { } database } when own != database =>
            $"The database belongs to another installation than the data folder {folder.Root}: mend ConnectionStrings:Labeler or --data. "
                + $"If they belong together, as after moving one of them, delete {Path.Combine(folder.Root, "installation")}",
        { Folder: null, Database: not null, Store: null } =>
            $"The database is used with another data folder than {folder.Root}, which holds its files: name that one with --data DIR, or "
                + "set an empty database in ConnectionStrings:Labeler",
        { Store: { } store } when store != (marks.Database ?? marks.Folder) =>
            "The store keeps the files of another installation: set another Store:S3:Bucket or Store:S3:Prefix",
        _ => null,
    };

    /// <summary>Sees that all belongs together, and notes it where nothing is noted yet.</summary>
    /// <exception cref="LabelerException">The database or the store is another installation's.</exception>
    public async Task Require(CancellationToken cancel = default)
    {
        var marks = await Read(cancel);
        LabelerException.ThrowIf(Fault(marks, folder) is not null, $"{Fault(marks, folder)}.");
        await Note(marks, marks.Database ?? marks.Store ?? marks.Folder ?? Guid.NewGuid().ToString("N"), cancel);
    }

    /// <summary>The data folder takes the place of the one that the database was used with, as after restoring.</summary>
    public async Task Join(CancellationToken cancel = default)
    {
        var marks = await Read(cancel);
        await Note(marks, marks.Database ?? marks.Store ?? marks.Folder ?? Guid.NewGuid().ToString("N"), cancel);
    }

    private async Task Note(InstallationMarks marks, string mark, CancellationToken cancel)
    {
        if (marks.Folder != mark)
        {
            await File.WriteAllTextAsync(MarkFile, mark, cancel);
        }
        if (marks.Store is null)
        {
            await store.SetOwner(mark, cancel);
        }
        if (marks.Database is null)
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            await SetInDatabase(db, mark, cancel);
        }
    }

    private static async Task<string?> InDatabase(LabelerDb db, CancellationToken cancel)
    {
        if (db.Database.IsSqlite() || !await db.HasTable(HistoryRepository.DefaultTableName, cancel))
        {
            return null;
        }
        var table = $"\"{HistoryRepository.DefaultTableName}\"";
        var said = await db.Database.SqlQuery<string?>($"SELECT obj_description(to_regclass({table}), 'pg_class') AS \"Value\"")
            .SingleAsync(cancel);
        return said?.StartsWith(Said, StringComparison.Ordinal) == true ? said[Said.Length..] : null;
    }

    private static async Task SetInDatabase(LabelerDb db, string mark, CancellationToken cancel)
    {
        if (db.Database.IsSqlite())
        {
            return;
        }
        await db.Database.OpenConnectionAsync(cancel);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        // A comment takes no parameter; a mark is 32 digits.
        command.CommandText = $"COMMENT ON TABLE \"{HistoryRepository.DefaultTableName}\" IS '{Said}{Guid.Parse(mark):N}'";
        await command.ExecuteNonQueryAsync(cancel);
    }
}
