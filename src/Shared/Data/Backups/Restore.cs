using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Labeler.Shared.Data.Backups;

/// <summary>Puts a backup in the place of the database, while nothing uses the data folder.</summary>
public sealed class Restore(DataFolder folder, TimeProvider time)
{
    private static readonly string[] Endings = ["", "-wal", "-shm"];

    /// <param name="backup">A file's path, or its name in the backups folder.</param>
    /// <returns>Where the database that was replaced is now; null where there was none.</returns>
    /// <exception cref="LabelerException">There is no such file, it is no sound copy, or a program uses the data folder. Nothing has
    /// changed.</exception>
    public string? Put(string backup)
    {
        var source = File.Exists(backup) ? Path.GetFullPath(backup) : Path.Combine(folder.Backups, Path.GetFileName(backup));
        LabelerException.ThrowIf(!File.Exists(source), $"There is no file {backup}, nor one of that name in {folder.Backups}.");
        LabelerException.ThrowIf(
            SqliteFile.Fault(source) is not null || !IsOurs(source), $"{source} is not a sound backup of this application's database.");
        using var alone = FolderUse.TryAlone(folder) ?? throw new LabelerException(
            $"A program uses the data folder {folder.Root}: stop the application and its workers first.");
        var unfinished = Path.Combine(folder.Root, $".unfinished-{Guid.NewGuid():N}");
        try
        {
            File.Copy(source, unfinished);
            using (var written = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }
            var aside = SetAside();
            File.Move(unfinished, folder.Database);
            return aside;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static bool IsOurs(string path)
    {
        using var file = SqliteFile.Open(path, SqliteOpenMode.ReadOnly);
        return SqliteFile.Ask(file, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('Votes', 'Projects', 'Items')")
            == "3";
    }

    private string? SetAside()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"replaced-{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss}.db");
        var aside = Path.Combine(folder.Backups, name);
        var there = Endings.Where(ending => File.Exists(folder.Database + ending)).ToList();
        foreach (var ending in there)
        {
            File.Move(folder.Database + ending, aside + ending, overwrite: true);
        }
        return there.Count > 0 ? aside : null;
    }
}
