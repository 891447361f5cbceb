using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Labeler.Shared.Storage.S3;

/// <summary>Objects of one bucket. Each request is tried again for a bounded time, and what stays wrong is one line.</summary>
internal sealed class S3Bucket(S3Options options) : IDisposable
{
    /// <summary>The most that a server may be silent.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly AmazonS3Client _client = ClientOf(options);

    public S3Options Options => options;

    /// <param name="ask">May be called several times.</param>
    /// <exception cref="StorageException">The server refuses, or has not answered for as long as the settings say.</exception>
    public async Task<T> Ask<T>(Func<AmazonS3Client, CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        var (begun, pause) = (Stopwatch.StartNew(), FirstPause);
        while (true)
        {
            try
            {
                return await ask(_client, cancel);
            }
            catch (Exception error) when (S3Fault.Passes(error, cancel) && begun.Elapsed + pause < options.Patience)
            {
                // Busy servers get busier by clients that all come back at once.
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception error) when (!S3Fault.IsNotThere(error) && !cancel.IsCancellationRequested
                && S3Fault.Of(error, options) is { } line)
            {
                throw new StorageException(line, error);
            }
        }
    }

    /// <summary>What is known of an object; null where there is none.</summary>
    public async Task<GetObjectMetadataResponse?> Head(string key, CancellationToken cancel)
    {
        try
        {
            return await Ask((client, stop) => client.GetObjectMetadataAsync(options.Bucket, key, stop), cancel);
        }
        catch (AmazonS3Exception error) when (S3Fault.IsNotThere(error))
        {
            return null;
        }
    }

    /// <summary>Writes a small object.</summary>
    public Task Put(string key, string text, CancellationToken cancel) => Ask((client, stop) => client.PutObjectAsync(
        new() { BucketName = options.Bucket, Key = key, ContentBody = text, UseChunkEncoding = false }, stop), cancel);

    /// <summary>Writes, reads and removes a small object.</summary>
    /// <exception cref="StorageException">One of it fails.</exception>
    public async Task Probe(CancellationToken cancel)
    {
        var key = $"{options.Prefix}probe/{Guid.NewGuid():N}";
        await Put(key, "probe", cancel);
        var read = await Text(key, cancel);
        await Delete(key, cancel);
        if (read != "probe")
        {
            throw new StorageException($"The bucket \"{options.Bucket}\" gave back other bytes than it was given.");
        }
    }

    /// <summary>Reads a small object; null where there is none.</summary>
    public async Task<string?> Text(string key, CancellationToken cancel)
    {
        try
        {
            return await Ask(async (client, stop) =>
            {
                using var answer = await client.GetObjectAsync(options.Bucket, key, stop);
                using var reader = new StreamReader(answer.ResponseStream);
                return await reader.ReadToEndAsync(stop);
            }, cancel);
        }
        catch (AmazonS3Exception error) when (S3Fault.IsNotThere(error))
        {
            return null;
        }
    }

    public Task Delete(string key, CancellationToken cancel) =>
        Ask((client, stop) => client.DeleteObjectAsync(options.Bucket, key, stop), cancel);

    public Task<ListObjectsV2Response> List(string prefix, string? after, int most, CancellationToken cancel) =>
        Ask((client, stop) => client.ListObjectsV2Async(
            new() { BucketName = options.Bucket, Prefix = prefix, ContinuationToken = after, MaxKeys = most }, stop), cancel);

    public void Dispose() => _client.Dispose();

    private static AmazonS3Client ClientOf(S3Options options)
    {
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            // Asked again here, where the time is bounded.
            MaxErrorRetry = 0,
            Timeout = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // Servers that are older than these checks refuse them; each request's body is signed by its hash.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            (config.ServiceURL, config.ForcePathStyle) = (endpoint.ToString(), true);
            config.UseHttp = endpoint.Scheme == Uri.UriSchemeHttp;
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        }
        return options.AccessKey is null ? new(config) : new(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }
}
