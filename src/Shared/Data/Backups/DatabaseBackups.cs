using Labeler.Shared.Storage;
using Microsoft.Data.Sqlite;

namespace Labeler.Shared.Data.Backups;

/// <summary>Copies of the SQLite file, made while the application goes on. A PostgreSQL server's backups are its owner's.</summary>
public sealed class DatabaseBackups(DataFolder folder, TimeProvider time)
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int NoDatabase = 26;

    public IReadOnlyList<BackupFile> All() => BackupFile.In(folder.Backups);

    /// <summary>Has no daily backup been made for a day? One from the future was written by a clock that jumped.</summary>
    public bool IsDue()
    {
        var now = time.GetUtcNow();
        return !All().Any(b => b.Kind == BackupKind.Daily && b.At > now - Day && b.At < now + ClockSkew.Tolerance);
    }

    /// <summary>Copies the database, checks the copy, and deletes what <see cref="BackupRule"/> does not keep.</summary>
    /// <param name="version">The schema's, for a backup before it changes.</param>
    /// <exception cref="LabelerException">The database is damaged, or the disk is full; what was there stays.</exception>
    public BackupFile Write(BackupKind kind, string? version = null)
    {
        var path = Path.Combine(folder.Backups, BackupFile.NameOf(time.GetUtcNow(), kind, version));
        var unfinished = Path.Combine(folder.Backups, $".unfinished-{Guid.NewGuid():N}");
        try
        {
            SqliteFile.Copy(folder.Database, unfinished);
            if (SqliteFile.Fault(unfinished) is { } fault)
            {
                throw Damaged(fault);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is Corrupt or NoDatabase)
        {
            throw Damaged(error.Message);
        }
        catch (Exception error) when (error is SqliteException { SqliteErrorCode: Full } || error is IOException io && io.IsDiskFull())
        {
            throw new StorageException($"The disk that holds {folder.Backups} is full: no backup was made. Free some space.", error);
        }
        finally
        {
            File.Delete(unfinished);
        }
        foreach (var old in BackupRule.Outdated(All()))
        {
            File.Delete(old.Path);
        }
        return All().First(b => b.Path == path);
    }

    private LabelerException Damaged(string fault) => new(
        $"The database {folder.Database} is damaged ({fault}): no backup was made and the older ones stay. Stop the application and "
            + "restore one of them: ./labeler restore NAME --data DIR");
}
