using Labeler.Shared.Imaging;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Images;

/// <summary>Pictures as browsers get them, made once and kept beside the store; deleting that folder only costs time.</summary>
public sealed class Thumbnails : IDisposable
{
    /// <summary>Longest sides in pixels; a page takes the smallest that fills its frame.</summary>
    public static readonly int[] Sides = [256, 512, 1024];

    private readonly FileStore _files;
    private readonly SemaphoreSlim _turns;
    private readonly string _root;

    public Thumbnails(FileStore files, DataFolder data, IOptions<ImageOptions> options)
    {
        (_files, _turns, _root) = (files, new(options.Value.ThumbnailsAtOnce), data.Delivered);
        RemoveOlder(Path.Combine(data.Root, "thumbnails"));
    }

    /// <summary>A WebP of one of the sizes; null when there is no such picture.</summary>
    public Task<string?> Shrunk(string hash, int side, CancellationToken cancel) =>
        Kept(hash, $"{hash}-{side}.webp", file => Delivered.Shrunk(file, side), cancel);

    /// <summary>All of its pixels, but not what the file says besides, such as the model's name; null when there is no such
    /// picture.</summary>
    public Task<string?> Whole(string hash, CancellationToken cancel) =>
        Kept(hash, $"{hash}-whole", file => Delivered.Whole(file).File, cancel);

    // Where earlier versions kept pictures, some with what their files said about camera, place and owner.
    private static void RemoveOlder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string?> Kept(string hash, string name, Func<byte[], byte[]> make, CancellationToken cancel)
    {
        var path = Path.Combine(_root, hash[..2], name);
        if (File.Exists(path))
        {
            return path;
        }
        if (!await _files.Has(hash, cancel))
        {
            return null;
        }
        await _turns.WaitAsync(cancel);
        try
        {
            if (!File.Exists(path))
            {
                var file = await _files.Read(hash, cancel);
                if (PictureFormats.Of(file) is null)
                {
                    return null;
                }
                await Keep(path, make(file), cancel);
            }
            return path;
        }
        finally
        {
            _turns.Release();
        }
    }

    private static async Task Keep(string path, byte[] content, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var half = $"{path}.{Guid.NewGuid():n}";
        try
        {
            await File.WriteAllBytesAsync(half, content, cancel);
            File.Move(half, path, overwrite: true);
        }
        catch (IOException e) when (e.IsDiskFull())
        {
            throw new StorageException("The disk that holds the data folder is full: free some space and try again.", e);
        }
        finally
        {
            File.Delete(half);
        }
    }

    public void Dispose() => _turns.Dispose();
}
