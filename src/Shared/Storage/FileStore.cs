namespace Labeler.Shared.Storage;

/// <summary>
/// Files named by the SHA-256 of their content (64 small hexadecimal digits): the same content is kept once, and a name never changes its
/// meaning. Several processes may use one store at the same time. It is a folder (<see cref="FolderStore"/>) or a bucket of an S3 server
/// (<see cref="S3.S3Store"/>).
/// </summary>
public abstract class FileStore
{
    /// <summary>Where a stored file lies, for people: a path, or s3://bucket/key.</summary>
    /// <exception cref="LabelerException">It is no hash.</exception>
    public abstract string PathOf(string hash);

    /// <summary>Asks for something small, so that what is wrong with the store is said before any work begins.</summary>
    /// <exception cref="StorageException">It does not answer or refuses; says why.</exception>
    public abstract Task Check(CancellationToken cancel = default);

    /// <summary>Writes, reads and removes something small, which finds what <see cref="Check"/> cannot: a key that may only read, a full
    /// disk.</summary>
    /// <exception cref="StorageException">One of it fails; says why.</exception>
    public abstract Task Probe(CancellationToken cancel = default);

    /// <summary>The installation whose files a store outside of the data folder keeps; null where none has said so, and for a
    /// folder.</summary>
    public virtual Task<string?> Owner(CancellationToken cancel = default) => Task.FromResult((string?)null);

    /// <summary>Notes whose files are kept here.</summary>
    public virtual Task SetOwner(string installation, CancellationToken cancel = default) => Task.CompletedTask;

    public abstract Task<bool> Has(string hash, CancellationToken cancel = default);

    /// <summary>Bytes of a stored file; null where it is not there.</summary>
    public abstract Task<long?> SizeOf(string hash, CancellationToken cancel = default);

    /// <summary>Every stored file. One that is brought in meanwhile may be among them.</summary>
    public abstract IAsyncEnumerable<StoredFile> All(CancellationToken cancel = default);

    /// <summary>Stores a stream whole or not at all, and returns its hash. What is there already is not written again.</summary>
    /// <exception cref="StorageException">The disk is full, or the store does not answer.</exception>
    public abstract Task<string> Put(Stream source, CancellationToken cancel = default);

    /// <inheritdoc cref="Put(Stream, CancellationToken)"/>
    public virtual Task<string> Put(ReadOnlyMemory<byte> content, CancellationToken cancel = default) =>
        Put(new MemoryStream(content.ToArray(), writable: false), cancel);

    /// <inheritdoc cref="Put(Stream, CancellationToken)"/>
    public async Task<string> PutFile(string path, CancellationToken cancel = default)
    {
        await using var source = File.OpenRead(path);
        return await Put(source, cancel);
    }

    /// <summary>A stored file's content, opened on this machine's disk.</summary>
    /// <exception cref="LabelerException">The file is missing.</exception>
    public abstract Task<FileStream> OpenRead(string hash, CancellationToken cancel = default);

    /// <summary>The content, checked against its name.</summary>
    /// <exception cref="LabelerException">The file is missing or damaged.</exception>
    public abstract Task<byte[]> Read(string hash, CancellationToken cancel = default);

    /// <summary>The content of what is stored, checked against its name; null where it no longer fits. A copy on this machine is not
    /// asked.</summary>
    /// <exception cref="LabelerException">The file is missing.</exception>
    public abstract Task<FileStream?> OpenSound(string hash, CancellationToken cancel = default);

    /// <summary>Does the content of what is stored still fit its name?</summary>
    /// <exception cref="LabelerException">The file is missing.</exception>
    public async Task<bool> IsSound(string hash, CancellationToken cancel = default)
    {
        await using var file = await OpenSound(hash, cancel);
        return file is not null;
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

    /// <summary>The path on this machine of a stored file that has just been read through and checked against its name. It stays there
    /// until <see cref="LetGo"/>.</summary>
    /// <exception cref="LabelerException">The file is missing or damaged.</exception>
    public abstract string Verified(string hash, CancellationToken cancel = default);

    /// <summary>The paths that <see cref="Verified"/> has given are no longer used.</summary>
    public virtual void LetGo()
    {
    }

    /// <summary>Removes a file that nothing names any more; one that was brought in again since stays.</summary>
    /// <param name="unnamed">When it was found that nothing names it, by the system's clock.</param>
    public abstract Task Remove(string hash, DateTimeOffset unnamed, CancellationToken cancel = default);

    /// <summary>Removes what processes that died left half-received.</summary>
    public abstract Task DropIncoming(TimeSpan olderThan, DateTimeOffset now, CancellationToken cancel = default);

    protected static void RequireHash(string hash)
    {
        var said = hash[..Math.Min(hash.Length, 80)];
        LabelerException.ThrowIf(!ContentHash.IsHash(hash), $"\"{said}\" is not the name of a stored file.");
    }

    protected LabelerException Damaged(string hash) => new LabelerException(
        $"The stored file {PathOf(hash)} is damaged: its content no longer fits its name. Restore it from a backup; "
            + "./labeler doctor looks for others.");

    protected LabelerException Missing(string hash, Exception? inner = null) =>
        new LabelerException($"The stored file {PathOf(hash)} is missing: restore it from a backup.", inner);
}
