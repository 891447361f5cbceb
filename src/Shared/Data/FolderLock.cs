namespace Labeler.Shared.Data;

/// <summary>Lets one process at a time set up a data folder.</summary>
internal static class FolderLock
{
    public static async Task<IDisposable> Take(DataFolder folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder.Root, "labeler.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(50, cancel);
            }
        }
    }
}
