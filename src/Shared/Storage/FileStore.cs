using System.Buffers;
using System.Security.Cryptography;

namespace Labeler.Shared.Storage;

/// <summary>
/// Files named by the SHA-256 of their content (64 small hexadecimal digits): the same content is kept once, a name never changes its
/// meaning, and the folder can be moved. Several processes may use one store at the same time.
/// </summary>
public sealed class FileStore
{
    private readonly string _root;
    private readonly string _incoming;

    public FileStore(string root)
    {
        _root = Path.GetFullPath(root);
        _incoming = Path.Combine(_root, "incoming");
        Directory.CreateDirectory(_incoming);
    }

    public string PathOf(string hash)
    {
        var named = hash.Length > 80 ? hash[..80] : hash;
        LabelerException.ThrowIf(!ContentHash.IsHash(hash), $"\"{named}\" is not the name of a stored file.");
        return Path.Combine(_root, hash[..2], hash[2..4], hash);
    }

    public bool Has(string hash) => File.Exists(PathOf(hash));

    public Task<string> Put(ReadOnlyMemory<byte> content, CancellationToken cancel = default) =>
        ContentHash.Of(content.Span) is var hash && Touch(hash) ? Task.FromResult(hash)
            : Put(new MemoryStream(content.ToArray(), writable: false), cancel);

    public async Task<string> PutFile(string path, CancellationToken cancel = default)
    {
        await using var source = File.OpenRead(path);
        return await Put(source, cancel);
    }

    /// <summary>Stores a stream whole or not at all, and returns its hash.</summary>
    /// <exception cref="StorageException">The disk is full.</exception>
    public async Task<string> Put(Stream source, CancellationToken cancel = default)
    {
        var temporary = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            var hash = await Receive(source, temporary, cancel);
            var path = PathOf(hash);
            if (!Touch(hash))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                // A rename is atomic; whoever else stores the same content writes the same bytes.
                File.Move(temporary, path, overwrite: true);
            }
            return hash;
        }
        catch (IOException error) when (error.IsDiskFull())
        {
            throw new StorageException($"The disk that holds {_root} is full: free some space and try again.", error);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <exception cref="LabelerException">The file is missing.</exception>
    public FileStream OpenRead(string hash)
    {
        var path = PathOf(hash);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LabelerException($"The stored file {path} is missing: restore the files folder from a backup.", error);
        }
    }

    /// <summary>The content, checked against its name.</summary>
    /// <exception cref="LabelerException">The file is missing or damaged.</exception>
    public async Task<byte[]> Read(string hash, CancellationToken cancel = default)
    {
        await using var file = OpenRead(hash);
        var content = new byte[file.Length];
        await file.ReadExactlyAsync(content, cancel);
        return ContentHash.Of(content) == hash ? content : throw Damaged(hash);
    }

    /// <summary>Reads a stored file through and checks it against its name.</summary>
    /// <exception cref="LabelerException">The file is missing or damaged.</exception>
    public async Task Verify(string hash, CancellationToken cancel = default)
    {
        if (!await IsSound(hash, cancel))
        {
            throw Damaged(hash);
        }
    }

    /// <summary>The path of a stored file that has just been read through and checked against its name.</summary>
    /// <exception cref="LabelerException">The file is missing or damaged.</exception>
    public string Verified(string hash, CancellationToken cancel = default)
    {
        Verify(hash, cancel).GetAwaiter().GetResult();
        return PathOf(hash);
    }

    /// <summary>Every stored file. One that is brought in meanwhile may be among them.</summary>
    public IEnumerable<FileInfo> All() =>
        new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => ContentHash.IsHash(file.Name));

    /// <summary>Does a stored file's content still fit its name?</summary>
    /// <exception cref="LabelerException">The file is missing.</exception>
    public async Task<bool> IsSound(string hash, CancellationToken cancel = default)
    {
        await using var file = OpenRead(hash);
        return await ContentHash.Of(file, cancel) == hash;
    }

    /// <summary>Bytes of a stored file; null where it is not there.</summary>
    public long? SizeOf(string hash) => new FileInfo(PathOf(hash)) is { Exists: true } file ? file.Length : null;

    /// <summary>Removes a file that nothing names any more; one that was brought in again since stays.</summary>
    /// <param name="unnamed">When it was found that nothing names it, by the system's clock.</param>
    public void Remove(string hash, DateTimeOffset unnamed)
    {
        // Out of the way first: whoever brings the same in from now on writes it anew.
        var (path, aside) = (PathOf(hash), Path.Combine(_incoming, Guid.NewGuid().ToString("N")));
        try
        {
            File.Move(path, aside);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }
        if (File.GetLastWriteTimeUtc(aside) < unnamed.UtcDateTime)
        {
            File.Delete(aside);
        }
        else
        {
            File.Move(aside, path, overwrite: true);
        }
    }

    /// <summary>Removes what processes that died left half-received.</summary>
    public void DropIncoming(TimeSpan olderThan, DateTimeOffset now)
    {
        foreach (var file in new DirectoryInfo(_incoming).EnumerateFiles().Where(f => f.LastWriteTimeUtc < now.UtcDateTime - olderThan))
        {
            file.Delete();
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

    private static async Task<string> Receive(Stream source, string path, CancellationToken cancel)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            await using var file =
                new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            int read;
            while ((read = await source.ReadAsync(buffer, cancel)) > 0)
            {
                sha.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
            file.Flush(flushToDisk: true);
            return Convert.ToHexStringLower(sha.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private LabelerException Damaged(string hash) => new(
        $"The stored file {PathOf(hash)} is damaged: its content no longer fits its name. Restore it from a backup of the files folder; "
            + "./labeler doctor looks for others.");
}
