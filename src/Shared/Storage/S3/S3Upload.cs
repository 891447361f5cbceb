using Amazon.S3;
using Amazon.S3.Model;

namespace Labeler.Shared.Storage.S3;

/// <summary>The way of a file into a bucket: in one request, or where it is large in parts. It is there whole or not at all.</summary>
internal sealed class S3Upload(S3Bucket bucket)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan AbortWithin = TimeSpan.FromSeconds(5);

    // More parts than this no server takes.
    private const int MostParts = 10_000;

    private readonly S3Options _options = bucket.Options;

    public Task Send(string path, long length, string key, CancellationToken cancel) =>
        length <= _options.PartBytes ? Whole(path, key, cancel) : Parts(path, length, key, cancel);

    /// <summary>Gives up what processes that died have sent in part.</summary>
    public async Task GiveUp(string prefix, DateTimeOffset before, CancellationToken cancel)
    {
        var (key, id) = ((string?)null, (string?)null);
        do
        {
            ListMultipartUploadsResponse page;
            try
            {
                page = await List(prefix, key, id, cancel);
            }
            catch (StorageException error) when (S3Fault.IsUnknown(error))
            {
                // Such a server has rules of its own for what is left.
                return;
            }
            foreach (var left in page.MultipartUploads ?? [])
            {
                if (left.Initiated?.ToUniversalTime() < before.UtcDateTime)
                {
                    await Abort(left.Key, left.UploadId);
                }
            }
            (key, id) = page.IsTruncated == true ? (page.NextKeyMarker, page.NextUploadIdMarker) : (null, null);
        }
        while (key is not null);
    }

    private Task<ListMultipartUploadsResponse> List(string prefix, string? key, string? id, CancellationToken cancel) =>
        bucket.Ask((client, stop) => client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest
        {
            BucketName = _options.Bucket,
            Prefix = prefix,
            KeyMarker = key,
            UploadIdMarker = id,
        }, stop), cancel);

    private Task Whole(string path, string key, CancellationToken cancel) => bucket.Ask(async (client, stop) =>
    {
        await using var file = File.OpenRead(path);
        return await client.PutObjectAsync(
            new() { BucketName = _options.Bucket, Key = key, InputStream = file, AutoCloseStream = false, UseChunkEncoding = false }, stop);
    }, cancel);

    private async Task Parts(string path, long length, string key, CancellationToken cancel)
    {
        var upload = (await bucket.Ask((client, stop) => client.InitiateMultipartUploadAsync(_options.Bucket, key, stop), cancel)).UploadId;
        try
        {
            var size = Math.Max(_options.PartBytes, (length + MostParts - 1) / MostParts);
            var tags = new PartETag[(int)((length + size - 1) / size)];
            await Parallel.ForEachAsync(Enumerable.Range(0, tags.Length),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (at, stop) =>
                    tags[at] = await Part(path, new(at * size, Math.Min(size, length - at * size), at + 1, key, upload), stop));
            await bucket.Ask((client, stop) => client.CompleteMultipartUploadAsync(
                new() { BucketName = _options.Bucket, Key = key, UploadId = upload, PartETags = [.. tags] }, stop), cancel);
        }
        catch
        {
            await Abort(key, upload);
            throw;
        }
    }

    private sealed record Place(long Start, long Length, int Number, string Key, string Upload);

    private async Task<PartETag> Part(string path, Place place, CancellationToken cancel)
    {
        var answer = await bucket.Ask((client, stop) => client.UploadPartAsync(new()
        {
            BucketName = _options.Bucket,
            Key = place.Key,
            UploadId = place.Upload,
            PartNumber = place.Number,
            FilePath = path,
            FilePosition = place.Start,
            PartSize = place.Length,
            UseChunkEncoding = false,
        }, stop), cancel);
        return new(place.Number, answer.ETag);
    }

    // What a server that does not answer keeps is given up when an application starts; the error that led here is the one to tell.
    private async Task Abort(string key, string upload)
    {
        try
        {
            using var patience = new CancellationTokenSource(AbortWithin);
            await bucket.Ask((client, stop) => client.AbortMultipartUploadAsync(_options.Bucket, key, upload, stop), patience.Token);
        }
        catch (Exception error) when (error is StorageException or AmazonS3Exception or OperationCanceledException)
        {
        }
    }
}
