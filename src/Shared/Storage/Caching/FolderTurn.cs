namespace Labeler.Shared.Storage.Caching;

/// <summary>One process at a time, of all that share a cache's folder.</summary>
internal static class FolderTurn
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static IDisposable Take(string folder)
    {
        while (true)
        {
            if (LockFile.TryTake(Path.Combine(folder, "turn.lock")) is { } turn)
            {
                return turn;
            }
            Thread.Sleep(Pause);
        }
    }
}
