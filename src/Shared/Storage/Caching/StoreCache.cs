namespace Labeler.Shared.Storage.Caching;

/// <summary>
/// Copies of stored files on this machine, within a bound of bytes: what was used longest ago goes first, and never what a living process
/// has been given the path of. Processes of one machine may share a folder. What is there has been checked when it came in.
/// </summary>
public sealed class StoreCache : IDisposable
{
    // Above so much of the bound that came in since the folder was last looked through, it is looked through again: other processes add.
    private const int LooksPerBound = 16;

    private readonly string _root;
    private readonly long _most;
    private readonly LentPaths _lent;
    private readonly Lock _lock = new();
    private long _known = -1;
    private long _sinceLook;

    /// <param name="most">The most bytes of all copies together.</param>
    public StoreCache(string root, long most)
    {
        (_root, _most) = (Path.GetFullPath(root), most);
        Incoming = Path.Combine(_root, "incoming");
        Directory.CreateDirectory(Incoming);
        _lent = new(Path.Combine(_root, "lent"));
    }

    /// <summary>Where a file is received before it is moved in.</summary>
    public string Incoming { get; }

    public string PathOf(string hash) => Path.Combine(_root, hash[..2], hash);

    /// <summary>A copy, noted as used now; null where there is none.</summary>
    public FileStream? Open(string hash)
    {
        var path = PathOf(hash);
        try
        {
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The copy stays from now on until <see cref="LetGo"/>, also one that comes later.</summary>
    public void Lend(string hash)
    {
        // Whoever makes room now has not seen it.
        using var only = FolderTurn.Take(_root);
        _lent.Add(hash);
    }

    public void LetGo() => _lent.Clear();

    /// <summary>Moves a received file in, whole; others go to make room.</summary>
    internal void Keep(ReceivedFile file)
    {
        MakeRoom(file.Length);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file.Hash))!);
        File.Move(file.Path, PathOf(file.Hash), overwrite: true);
    }

    public void Drop(string hash) => File.Delete(PathOf(hash));

    /// <summary>Removes what processes that died left half-received.</summary>
    public void DropIncoming(TimeSpan olderThan, DateTimeOffset now)
    {
        foreach (var file in new DirectoryInfo(Incoming).EnumerateFiles().Where(f => f.LastWriteTimeUtc < now.UtcDateTime - olderThan))
        {
            file.Delete();
        }
    }

    public void Dispose() => _lent.Dispose();

    private void MakeRoom(long bytes)
    {
        lock (_lock)
        {
            (_known, _sinceLook) = (_known < 0 ? _known : _known + bytes, _sinceLook + bytes);
            if (_known < 0 || _known > _most || _sinceLook > _most / LooksPerBound)
            {
                using var only = FolderTurn.Take(_root);
                (_known, _sinceLook) = (RemoveOldest(_most - bytes) + bytes, 0);
            }
        }
    }

    /// <returns>Bytes that are left.</returns>
    private long RemoveOldest(long most)
    {
        var all = Files().OrderBy(file => file.LastWriteTimeUtc).ToList();
        var bytes = all.Sum(file => file.Length);
        if (bytes <= most)
        {
            return bytes;
        }
        var lent = _lent.OfAll();
        foreach (var file in all.Where(file => !lent.Contains(file.Name)))
        {
            bytes -= file.Length;
            file.Delete();
            if (bytes <= most)
            {
                break;
            }
        }
        return bytes;
    }

    private IEnumerable<FileInfo> Files() => new DirectoryInfo(_root).EnumerateDirectories("??")
        .SelectMany(folder => folder.EnumerateFiles()).Where(file => ContentHash.IsHash(file.Name));
}
