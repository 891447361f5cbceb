using System.Runtime.CompilerServices;
using Amazon.S3;
using Labeler.Shared.Storage.Caching;

namespace Labeler.Shared.Storage.S3;

/// <summary>
/// The store in a bucket of an S3 server, with copies of what was used lately on this machine. A file that comes from the server is checked
/// against its name before anybody gets it.
/// </summary>
public sealed class S3Store : FileStore, IDisposable
{
    // A line that spoils what comes over it, rather than a server that keeps it spoilt, is worth another try.
    private const int Tries = 2;

    private readonly S3Bucket _bucket;
    private readonly S3Upload _upload;
    private readonly S3Removal _removal;
    private readonly StoreCache _cache;
    private readonly string _files;

    public S3Store(S3Options options, StoreCache cache)
    {
        (_bucket, _cache, _files) = (new(options), cache, $"{options.Prefix}files/");
        (_upload, _removal) = (new(_bucket), new(_bucket, options.Prefix));
    }

    public override string PathOf(string hash) => $"s3://{_bucket.Options.Bucket}/{KeyOf(hash)}";

    public override Task Check(CancellationToken cancel = default) => _bucket.List(_files, null, 1, cancel);

    public override Task Probe(CancellationToken cancel = default) => _bucket.Probe(cancel);

    public override Task<string?> Owner(CancellationToken cancel = default) => _bucket.Text(OwnerKey, cancel);

    public override Task SetOwner(string installation, CancellationToken cancel = default) =>
        _bucket.Put(OwnerKey, installation, cancel);

    public override async Task<bool> Has(string hash, CancellationToken cancel = default) => await SizeOf(hash, cancel) is not null;

    public override async Task<long?> SizeOf(string hash, CancellationToken cancel = default) =>
        (await _bucket.Head(KeyOf(hash), cancel))?.ContentLength;

    public override async IAsyncEnumerable<StoredFile> All([EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? after = null;
        do
        {
            var page = await _bucket.List(_files, after, 1000, cancel);
            foreach (var one in page.S3Objects ?? [])
            {
                if (one.Key[(one.Key.LastIndexOf('/') + 1)..] is var name && ContentHash.IsHash(name))
                {
                    yield return new(name, one.Size ?? 0);
                }
            }
            after = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (after is not null);
    }

    public override async Task<string> Put(Stream source, CancellationToken cancel = default)
    {
        using var received = await ReceivedFile.Take(source, _cache.Incoming, Timeout.InfiniteTimeSpan, cancel);
        do
        {
            if (await SizeOf(received.Hash, cancel) == received.Length)
            {
                await _removal.Want(received.Hash, cancel);
            }
            else
            {
                await _upload.Send(received.Path, received.Length, KeyOf(received.Hash), cancel);
            }
            await _removal.Wait(received.Hash, cancel);
        }
        while (!await Has(received.Hash, cancel));
        _cache.Keep(received);
        return received.Hash;
    }

    public override async Task<FileStream> OpenRead(string hash, CancellationToken cancel = default)
    {
        RequireHash(hash);
        FileStream? copy;
        while ((copy = _cache.Open(hash)) is null)
        {
            await Fetch(hash, cancel);
        }
        return copy;
    }

    public override async Task<byte[]> Read(string hash, CancellationToken cancel = default)
    {
        await using var copy = await Checked(hash, cancel);
        var content = new byte[copy.Length];
        await copy.ReadExactlyAsync(content, cancel);
        return content;
    }

    public override async Task<FileStream?> OpenSound(string hash, CancellationToken cancel = default)
    {
        using var received = await Receive(hash, cancel);
        // Its name goes at once, what it holds when it is closed.
        return received.Hash == hash ? new(received.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose) : null;
    }

    public override string Verified(string hash, CancellationToken cancel = default)
    {
        RequireHash(hash);
        _cache.Lend(hash);
        Checked(hash, cancel).GetAwaiter().GetResult().Dispose();
        return _cache.PathOf(hash);
    }

    public override void LetGo() => _cache.LetGo();

    public override async Task Remove(string hash, DateTimeOffset unnamed, CancellationToken cancel = default)
    {
        if (await _removal.Run(KeyOf(hash), hash, unnamed, cancel))
        {
            _cache.Drop(hash);
        }
    }

    public override async Task DropIncoming(TimeSpan olderThan, DateTimeOffset now, CancellationToken cancel = default)
    {
        _cache.DropIncoming(olderThan, now);
        await _upload.GiveUp(_files, now - olderThan, cancel);
    }

    public void Dispose()
    {
        _bucket.Dispose();
        _cache.Dispose();
    }

    private string OwnerKey => $"{_bucket.Options.Prefix}installation";

    private string KeyOf(string hash)
    {
        RequireHash(hash);
        return $"{_files}{hash[..2]}/{hash[2..4]}/{hash}";
    }

    // A copy that was damaged on this machine is fetched again.
    private async Task<FileStream> Checked(string hash, CancellationToken cancel)
    {
        for (var left = Tries; left > 0; left--)
        {
            var copy = await OpenRead(hash, cancel);
            if (await ContentHash.Of(copy, cancel) == hash)
            {
                copy.Position = 0;
                return copy;
            }
            await copy.DisposeAsync();
            _cache.Drop(hash);
        }
        throw Damaged(hash);
    }

    private async Task Fetch(string hash, CancellationToken cancel)
    {
        for (var left = Tries; left > 0; left--)
        {
            using var received = await Receive(hash, cancel);
            if (received.Hash == hash)
            {
                _cache.Keep(received);
                return;
            }
        }
        throw Damaged(hash);
    }

    // Begun anew where it breaks off.
    private async Task<ReceivedFile> Receive(string hash, CancellationToken cancel)
    {
        try
        {
            return await _bucket.Ask(async (client, stop) =>
            {
                using var answer = await client.GetObjectAsync(_bucket.Options.Bucket, KeyOf(hash), stop);
                return await ReceivedFile.Take(answer.ResponseStream, _cache.Incoming, S3Bucket.Stall, stop);
            }, cancel);
        }
        catch (AmazonS3Exception error) when (S3Fault.IsNotThere(error))
        {
            throw Missing(hash, error);
        }
    }
}
