using System.Formats.Tar;
using System.Text.Json;
using Labeler.Shared.Data.Copying;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Data.Backups;

/// <summary>Brings an archive of <see cref="WholeBackup"/> into a data folder and its database, while nothing uses them.</summary>
public sealed class WholeRestore(
    IDbContextFactory<LabelerDb> contexts, Migrator migrator, DataFolder folder, FileStore store, TimeProvider time)
{
    /// <summary>Whether a file is such an archive, by its first entry.</summary>
    public static async Task<bool> IsArchive(string path, CancellationToken cancel = default)
    {
        try
        {
            await using var file = File.OpenRead(path);
            await using var tar = new TarReader(file);
            return (await tar.GetNextEntryAsync(cancellationToken: cancel))?.Name == ArchiveEntry.Head;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Files come first, each checked against its name, and the database last: an archive that is cut off or damaged changes
    /// nothing that is in use.</summary>
    /// <returns>Where the database that was replaced is now; null where there was none.</returns>
    /// <exception cref="LabelerException">The archive is damaged or newer, a program uses the folder, or PostgreSQL's database is not
    /// empty.</exception>
    public async Task<string?> Put(string path, Action<TableCount> copied, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var staged = Path.Combine(folder.Root, $".unfinished-{Guid.NewGuid():N}");
        Directory.CreateDirectory(staged);
        try
        {
            using (FolderUse.TryAlone(folder) ?? throw new LabelerException(
                $"A program uses the data folder {folder.Root}: stop the application and its workers first."))
            {
                await Unpack(path, staged, cancel);
            }
            var database = Path.Combine(staged, ArchiveEntry.Database);
            LabelerException.ThrowIf(
                SqliteFile.Fault(database) is not null, $"The database in {path} is damaged. The database was not changed.");
            Bring(Path.Combine(staged, "keys"), folder.Keys);
            Bring(Path.Combine(staged, "runs"), folder.Runs);
            return db.Database.IsSqlite() ? new Restore(folder, time).Put(database) : await Fill(db, database, copied, cancel);
        }
        catch (IOException error) when (error.IsDiskFull())
        {
            throw new StorageException($"The disk that holds {folder.Root} is full: the database was not changed. Free some space.", error);
        }
        finally
        {
            Directory.Delete(staged, recursive: true);
        }
    }

    private async Task<string?> Fill(LabelerDb db, string database, Action<TableCount> copied, CancellationToken cancel)
    {
        await migrator.Apply(cancel);
        await using var source = SqliteFile.Context(database);
        LabelerException.ThrowIf(
            (await source.Database.GetAppliedMigrationsAsync(cancel)).Except(source.Database.GetMigrations()).Any(),
            "The backup was made by a newer program: restore it with that one. The database was not changed.");
        await source.Database.MigrateAsync(cancel);
        await DatabaseCopy.Run(source, db, copied, cancel);
        return null;
    }

    private async Task Unpack(string path, string staged, CancellationToken cancel)
    {
        var (files, end, first) = (0L, (ArchiveEnd?)null, true);
        try
        {
            await using var file = File.OpenRead(path);
            await using var tar = new TarReader(file);
            while (await tar.GetNextEntryAsync(cancellationToken: cancel) is { } entry)
            {
                var content = entry.DataStream ?? Stream.Null;
                if (first)
                {
                    RequireKnown(path, await JsonSerializer.DeserializeAsync<ArchiveHead>(content, cancellationToken: cancel));
                }
                else if (entry.Name == ArchiveEntry.End)
                {
                    end = await JsonSerializer.DeserializeAsync<ArchiveEnd>(content, cancellationToken: cancel);
                }
                else if (entry.Name.StartsWith(ArchiveEntry.Files, StringComparison.Ordinal))
                {
                    var name = entry.Name[ArchiveEntry.Files.Length..];
                    LabelerException.ThrowIf(await store.Put(content, cancel) != name,
                        $"{path} is damaged: the content of {entry.Name} does not fit its name. The database was not changed.");
                    files++;
                }
                else
                {
                    await Stage(path, staged, entry.Name, content, cancel);
                }
                first = false;
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or JsonException or FormatException)
        {
            throw new LabelerException($"{path} is damaged or was cut off ({error.Message}). The database was not changed.", error);
        }
        LabelerException.ThrowIf(end?.Files != files,
            $"{path} was cut off: it holds {files} stored files and not all that it had. The database was not changed.");
    }

    private static async Task Stage(string path, string staged, string name, Stream content, CancellationToken cancel)
    {
        LabelerException.ThrowIf(name != ArchiveEntry.Database && !ArchiveEntry.IsPlain(name),
            $"{path} holds a file {name}, which no backup has. The database was not changed.");
        var place = Path.Combine(staged, name);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        await using var file = new FileStream(place, FileMode.CreateNew, FileAccess.Write);
        await content.CopyToAsync(file, cancel);
    }

    private static void RequireKnown(string path, ArchiveHead? head)
    {
        LabelerException.ThrowIf(head is null, $"{path} is no backup of a whole installation.");
        LabelerException.ThrowIf(head!.Format > ArchiveHead.Newest, $"{path} was made by a newer program: restore it with that one.");
    }

    // What is there already stays: keys have names of their own, and results are added.
    private static void Bring(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            return;
        }
        foreach (var file in new DirectoryInfo(from).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var place = Path.Combine(to, Path.GetRelativePath(from, file.FullName));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (!File.Exists(place))
            {
                File.Move(file.FullName, place);
            }
        }
    }
}
