using Labeler.Shared.Storage;

namespace Labeler.Shared.Data;

/// <summary>Lets one process at a time set up a data folder.</summary>
internal static class FolderLock
{
    public static async Task<IDisposable> Take(DataFolder folder, CancellationToken cancel)
    {
        while (true)
        {
            if (LockFile.TryTake(Path.Combine(folder.Root, "labeler.lock")) is { } only)
            {
                return only;
            }
            await Task.Delay(50, cancel);
        }
    }
}
