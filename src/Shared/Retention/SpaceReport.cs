using Labeler.Shared.Storage;

namespace Labeler.Shared.Retention;

/// <summary>What takes the space of a data folder.</summary>
/// <param name="What">In a few words.</param>
public sealed record SpaceUse(string What, long Files, long Bytes);

/// <summary>All of it, the largest first.</summary>
public sealed record SpaceReport(IReadOnlyList<SpaceUse> Uses, long BytesFree, DateTimeOffset At)
{
    public long Bytes => Uses.Sum(use => use.Bytes);

    /// <summary>Reads the sizes of all files, which takes a while where there are many.</summary>
    public static async Task<SpaceReport> Measure(
        LabelerDb db, FileStore files, DataFolder folder, DateTimeOffset now, CancellationToken cancel = default)
    {
        var named = await FileReferences.Read(db, cancel);
        var stored = new Dictionary<string, (long Files, long Bytes)>();
        await foreach (var file in files.All(cancel))
        {
            var what = named.GetValueOrDefault(file.Hash, "named by nothing: brought in by work that was not finished");
            var (count, bytes) = stored.GetValueOrDefault(what);
            stored[what] = (count + 1, bytes + file.Length);
        }
        var uses = stored.Select(one => new SpaceUse(one.Key, one.Value.Files, one.Value.Bytes)).Concat(
        [
            Folder("pictures as browsers got them", folder.Delivered), Folder("backups of the database", folder.Backups),
            Folder("training under way", folder.Checkpoints), Folder("results of comparisons", folder.Runs), Folder("logs", folder.Logs),
            Folder("exports to be downloaded", folder.Exports), Folder("copies of stored files", folder.Cache),
            Database(folder),
        ]);
        return new([.. uses.Where(use => use.Files > 0).OrderByDescending(use => use.Bytes)],
            new DriveInfo(folder.Root).AvailableFreeSpace, now);
    }

    private static SpaceUse Folder(string what, string path)
    {
        var (count, bytes) = (0L, 0L);
        if (Directory.Exists(path))
        {
            foreach (var file in new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                (count, bytes) = (count + 1, bytes + file.Length);
            }
        }
        return new(what, count, bytes);
    }

    private static SpaceUse Database(DataFolder folder)
    {
        FileInfo[] all =
            [.. new[] { "", "-wal", "-shm" }.Select(ending => new FileInfo(folder.Database + ending)).Where(file => file.Exists)];
        return new("the database", all.Length, all.Sum(file => file.Length));
    }
}
