using System.Runtime.CompilerServices;

namespace Labeler.Shared.Storage;

/// <summary>The store in a folder, which can be moved while nothing runs.</summary>
public sealed class FolderStore : FileStore
{
    private readonly string _root;
    private readonly string _incoming;

    public FolderStore(string root)
    {
        _root = Path.GetFullPath(root);
        _incoming = Path.Combine(_root, "incoming");
        Directory.CreateDirectory(_incoming);
    }

    public override string PathOf(string hash)
    {
        RequireHash(hash);
        return Path.Combine(_root, hash[..2], hash[2..4], hash);
    }

    public override Task Check(CancellationToken cancel = default) => Task.CompletedTask;

    public override Task Probe(CancellationToken cancel = default)
    {
        var probe = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            File.WriteAllBytes(probe, new byte[4096]);
            File.Delete(probe);
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"{_root} cannot be written ({error.Message.TrimEnd('.')}): mend its permissions, or free space on its disk.", error);
        }
    }

    public override Task<bool> Has(string hash, CancellationToken cancel = default) => Task.FromResult(File.Exists(PathOf(hash)));

    public override Task<long?> SizeOf(string hash, CancellationToken cancel = default) =>
        Task.FromResult(new FileInfo(PathOf(hash)) is { Exists: true } file ? file.Length : (long?)null);

    public override async IAsyncEnumerable<StoredFile> All([EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var file in new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancel.ThrowIfCancellationRequested();
            if (ContentHash.IsHash(file.Name))
            {
                yield return new(file.Name, file.Length);
            }
        }
        await Task.CompletedTask;
    }

    public override Task<string> Put(ReadOnlyMemory<byte> content, CancellationToken cancel = default) =>
        ContentHash.Of(content.Span) is var hash && Touch(hash) ? Task.FromResult(hash) : base.Put(content, cancel);

    public override async Task<string> Put(Stream source, CancellationToken cancel = default)
    {
        try
        {
            using var received = await ReceivedFile.Take(source, _incoming, Timeout.InfiniteTimeSpan, cancel);
            var path = PathOf(received.Hash);
            if (!Touch(received.Hash))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                // A rename is atomic; whoever else stores the same content writes the same bytes.
                File.Move(received.Path, path, overwrite: true);
            }
            return received.Hash;
        }
        catch (IOException error) when (error.IsDiskFull())
        {
            throw new StorageException($"The disk that holds {_root} is full: free some space and try again.", error);
        }
    }

    public override Task<FileStream> OpenRead(string hash, CancellationToken cancel = default) => Task.FromResult(Open(hash));

    public override async Task<byte[]> Read(string hash, CancellationToken cancel = default)
    {
        await using var file = Open(hash);
        var content = new byte[file.Length];
        await file.ReadExactlyAsync(content, cancel);
        return ContentHash.Of(content) == hash ? content : throw Damaged(hash);
    }

    public override async Task<FileStream?> OpenSound(string hash, CancellationToken cancel = default)
    {
        var file = Open(hash);
        if (await ContentHash.Of(file, cancel) == hash)
        {
            file.Position = 0;
            return file;
        }
        await file.DisposeAsync();
        return null;
    }

    public override string Verified(string hash, CancellationToken cancel = default)
    {
        Verify(hash, cancel).GetAwaiter().GetResult();
        return PathOf(hash);
    }

    public override Task Remove(string hash, DateTimeOffset unnamed, CancellationToken cancel = default)
    {
        // Out of the way first: whoever brings the same in from now on writes it anew.
        var (path, aside) = (PathOf(hash), Path.Combine(_incoming, Guid.NewGuid().ToString("N")));
        try
        {
            File.Move(path, aside);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.CompletedTask;
        }
        if (File.GetLastWriteTimeUtc(aside) < unnamed.UtcDateTime)
        {
            File.Delete(aside);
        }
        else
        {
            File.Move(aside, path, overwrite: true);
        }
        return Task.CompletedTask;
    }

    public override Task DropIncoming(TimeSpan olderThan, DateTimeOffset now, CancellationToken cancel = default)
    {
        foreach (var file in new DirectoryInfo(_incoming).EnumerateFiles().Where(f => f.LastWriteTimeUtc < now.UtcDateTime - olderThan))
        {
            file.Delete();
        }
        return Task.CompletedTask;
    }

    private FileStream Open(string hash)
    {
        var path = PathOf(hash);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(hash, error);
        }
    }

    // Notes that a file is wanted again, so that nobody removes it who found before that nothing named it.
    private bool Touch(string hash)
    {
        var path = PathOf(hash);
        try
        {
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
            return File.Exists(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
