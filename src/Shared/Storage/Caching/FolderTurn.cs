namespace Labeler.Shared.Storage.Caching;

/// <summary>One process at a time, of all that share a cache's folder; the system drops the turn of one that dies.</summary>
internal static class FolderTurn
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static IDisposable Take(string folder)
    {
        var path = Path.Combine(folder, "turn.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Sleep(Pause);
            }
        }
    }
}
