using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Labeler.Shared.Data.Sqlite;

/// <summary>A copy of the SQLite file, taken before its schema changes and named for the version that it has: a migration, or a number from
/// before there were any.</summary>
internal static class Backup
{
    private const int Kept = 5;

    public static void Write(LabelerDb db, DataFolder folder, string version, DateTimeOffset now)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"labeler-{now:yyyyMMdd-HHmmss}-version-{version}.db");
        var path = Path.Combine(folder.Backups, name);
        using (var copy = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            ((SqliteConnection)db.Database.GetDbConnection()).BackupDatabase(copy);
        }
        foreach (var old in Directory.GetFiles(folder.Backups, "labeler-*.db").OrderDescending(StringComparer.Ordinal).Skip(Kept))
        {
            File.Delete(old);
        }
    }
}
