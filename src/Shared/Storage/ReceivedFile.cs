using System.Buffers;
using System.Security.Cryptography;

namespace Labeler.Shared.Storage;

/// <summary>A stream's content in a temporary file, which goes unless it is moved away.</summary>
/// <param name="Hash">Of the content.</param>
/// <param name="Length">Bytes.</param>
internal sealed record ReceivedFile(string Path, string Hash, long Length) : IDisposable
{
    private const int AtOnce = 1 << 17;

    /// <summary>Writes a stream to a file of its own in a folder that is there.</summary>
    /// <param name="stall">The most that one read may take.</param>
    /// <exception cref="StorageException">The disk is full.</exception>
    /// <exception cref="TimeoutException">Nothing came for so long.</exception>
    public static async Task<ReceivedFile> Take(Stream source, string folder, TimeSpan stall, CancellationToken cancel)
    {
        var path = System.IO.Path.Combine(folder, Guid.NewGuid().ToString("N"));
        try
        {
            var (hash, length) = await Write(source, path, stall, cancel);
            return new(path, hash, length);
        }
        catch (Exception error)
        {
            File.Delete(path);
            throw error is IOException io && io.IsDiskFull()
                ? new StorageException($"The disk that holds {folder} is full: free some space and try again.", error) : error;
        }
    }

    public void Dispose() => File.Delete(Path);

    private static async Task<(string, long)> Write(Stream source, string path, TimeSpan stall, CancellationToken cancel)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, length) = (ArrayPool<byte>.Shared.Rent(AtOnce), 0L);
        try
        {
            await using var file =
                new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            for (int read; (read = await Read(source, buffer, stall, cancel)) > 0; length += read)
            {
                sha.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
            file.Flush(flushToDisk: true);
            return (Convert.ToHexStringLower(sha.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> Read(Stream source, byte[] buffer, TimeSpan stall, CancellationToken cancel)
    {
        if (stall == Timeout.InfiniteTimeSpan)
        {
            return await source.ReadAsync(buffer, cancel);
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(stall);
        try
        {
            return await source.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {stall.TotalSeconds:0} seconds", error);
        }
    }
}
