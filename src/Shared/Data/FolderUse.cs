namespace Labeler.Shared.Data;

/// <summary>Programs that work with a data folder share a lock on it, so that what needs it alone finds out. The system drops the lock of a
/// process that dies.</summary>
public sealed class FolderUse : IDisposable
{
    private readonly FileStream _lock;

    private FolderUse(FileStream file) => _lock = file;

    /// <summary>Held as long as the program works with the folder.</summary>
    /// <exception cref="LabelerException">Something has the folder alone, such as a restore.</exception>
    public static FolderUse Share(DataFolder folder) => Open(folder, FileAccess.Read, FileShare.Read) ?? throw new LabelerException(
        $"the data folder {folder.Root} is being restored; start again when that is done");

    /// <summary>Null while a program works with the folder.</summary>
    public static FolderUse? TryAlone(DataFolder folder) => Open(folder, FileAccess.ReadWrite, FileShare.None);

    public void Dispose() => _lock.Dispose();

    private static FolderUse? Open(DataFolder folder, FileAccess access, FileShare share)
    {
        var path = Path.Combine(folder.Root, "in-use.lock");
        try
        {
            using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite))
            {
            }
            return new(new FileStream(path, FileMode.Open, access, share));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
