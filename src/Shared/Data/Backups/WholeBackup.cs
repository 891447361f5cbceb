using Labeler.Shared.Data.Copying;
using Labeler.Shared.Storage;
using Microsoft.Data.Sqlite;

namespace Labeler.Shared.Data.Backups;

/// <summary>What went into an archive.</summary>
/// <param name="Bytes">Of the archive.</param>
/// <param name="Faults">Stored files that are missing or damaged and so are not in it, a line each.</param>
public sealed record WrittenArchive(long Files, long Bytes, IReadOnlyList<string> Faults);

/// <summary>
/// One file with all of an installation: the database of either kind as a SQLite file, the stored files, the keys, the results of
/// comparisons.
/// It is made while the application goes on. Stored files never change, so those that the database's copy names are all there.
/// </summary>
public sealed class WholeBackup(IDbContextFactory<LabelerDb> contexts, DataFolder folder, FileStore store, TimeProvider time)
{
    /// <param name="path">Of a new file.</param>
    /// <param name="copied">Told of each table where a server's database is copied.</param>
    /// <exception cref="LabelerException">The file is there already, the disk is full, or the database is damaged.</exception>
    public async Task<WrittenArchive> Write(string path, Action<TableCount> copied, CancellationToken cancel = default)
    {
        var database = Path.Combine(folder.Root, $".unfinished-{Guid.NewGuid():N}");
        try
        {
            await using var archive = new ArchiveWriter(path);
            await using var db = await contexts.CreateDbContextAsync(cancel);
            await CopyDatabase(db, database, copied, cancel);
            await archive.AddJson(ArchiveEntry.Head, new ArchiveHead(ArchiveHead.Newest, time.GetUtcNow(), Kind(db)), cancel);
            await archive.AddFile(ArchiveEntry.Database, database, cancel);
            foreach (var (start, from) in new[] { (ArchiveEntry.Keys, folder.Keys), (ArchiveEntry.Runs, folder.Runs) })
            {
                await AddFolder(archive, start, from, cancel);
            }
            var named = await Named(database, cancel);
            var (files, faults) = await AddStored(archive, named, cancel);
            await archive.AddJson(ArchiveEntry.End, new ArchiveEnd(files), cancel);
            return new(files, await archive.Complete(), faults);
        }
        catch (Exception error) when (error is SqliteException { SqliteErrorCode: 13 } || error is IOException io && io.IsDiskFull())
        {
            throw new StorageException($"The disk is full: {path} was not written. Free some space or name a file on another disk.", error);
        }
        finally
        {
            File.Delete(database);
        }
    }

    private async Task CopyDatabase(LabelerDb db, string to, Action<TableCount> copied, CancellationToken cancel)
    {
        if (db.Database.IsSqlite())
        {
            SqliteFile.Copy(folder.Database, to);
        }
        else
        {
            await DatabaseCopy.IntoNewFile(db, to, copied, cancel);
        }
        LabelerException.ThrowIf(SqliteFile.Fault(to) is not null,
            $"The database {folder.Database} is damaged: no backup was made. ./labeler doctor says more.");
    }

    private static async Task<IReadOnlyDictionary<string, string>> Named(string database, CancellationToken cancel)
    {
        await using var copy = SqliteFile.Context(database);
        return (await copy.Database.GetPendingMigrationsAsync(cancel)).Any() ? new Dictionary<string, string>()
            : await FileReferences.Read(copy, cancel);
    }

    private static async Task AddFolder(ArchiveWriter archive, string start, string from, CancellationToken cancel)
    {
        foreach (var file in new DirectoryInfo(from).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var name = start + Path.GetRelativePath(from, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (ArchiveEntry.IsPlain(name))
            {
                await archive.AddFile(name, file.FullName, cancel);
            }
        }
    }

    private async Task<(long, IReadOnlyList<string>)> AddStored(
        ArchiveWriter archive, IReadOnlyDictionary<string, string> named, CancellationToken cancel)
    {
        var (files, faults, missing) = (0L, new List<string>(), named.Keys.ToHashSet());
        await foreach (var file in store.All(cancel))
        {
            missing.Remove(file.Hash);
            await using var content = await store.OpenSound(file.Hash, cancel);
            if (content is not null)
            {
                await archive.Add(ArchiveEntry.Files + file.Hash, content, cancel);
                files++;
            }
            else
            {
                faults.Add($"{store.PathOf(file.Hash)} is damaged{(named.TryGetValue(file.Hash, out var what) ? $": {what}" : "")}");
            }
        }
        faults.AddRange(missing.Order(StringComparer.Ordinal).Select(hash => $"{store.PathOf(hash)} is missing: {named[hash]}"));
        return (files, faults);
    }

    private static string Kind(LabelerDb db) => db.Database.IsSqlite() ? "SQLite" : "PostgreSQL";
}
