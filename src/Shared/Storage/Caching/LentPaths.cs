namespace Labeler.Shared.Storage.Caching;

/// <summary>Which copies processes have been given the paths of: a folder for each process with an empty file for each copy, and a lock
/// that the system drops when the process dies.</summary>
internal sealed class LentPaths : IDisposable
{
    private const string Lock = "lock";

    private readonly string _all;
    private readonly string _own;
    private FileStream? _alive;

    public LentPaths(string folder)
    {
        _all = folder;
        _own = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_all);
    }

    public void Add(string hash)
    {
        if (_alive is null)
        {
            Directory.CreateDirectory(_own);
            _alive = new(Path.Combine(_own, Lock), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        File.WriteAllBytes(Path.Combine(_own, hash), []);
    }

    public void Clear()
    {
        if (_alive is not null)
        {
            foreach (var file in new DirectoryInfo(_own).EnumerateFiles().Where(file => file.Name != Lock))
            {
                file.Delete();
            }
        }
    }

    /// <summary>The hashes that living processes were given; what dead ones left goes.</summary>
    public IReadOnlySet<string> OfAll()
    {
        var lent = new HashSet<string>();
        foreach (var process in new DirectoryInfo(_all).EnumerateDirectories())
        {
            if (process.FullName == _own || IsAlive(process))
            {
                lent.UnionWith(process.EnumerateFiles().Select(file => file.Name));
            }
            else
            {
                process.Delete(recursive: true);
            }
        }
        return lent;
    }

    public void Dispose()
    {
        if (_alive is not null)
        {
            _alive.Dispose();
            _alive = null;
            Directory.Delete(_own, recursive: true);
        }
    }

    // Called by whoever has the folder's turn, and the folder and its lock are made in a turn: a lock that is free or absent is a dead
    // process's.
    private static bool IsAlive(DirectoryInfo process)
    {
        try
        {
            using var free = LockFile.TryTake(Path.Combine(process.FullName, Lock), FileMode.Open);
            return free is null;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
