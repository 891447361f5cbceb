using Labeler.Shared.Imaging;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Images;

/// <summary>Pictures as browsers get them, made once and kept beside the store; deleting that folder only costs time.</summary>
public sealed class Thumbnails(FileStore files, DataFolder data, IOptions<ImageOptions> options) : IDisposable
{
    /// <summary>Longest sides in pixels; a page takes the smallest that fills its frame.</summary>
    public static readonly int[] Sides = [256, 512, 1024];

    private readonly SemaphoreSlim _turns = new(options.Value.ThumbnailsAtOnce);
    private readonly string _root = Path.Combine(data.Root, "thumbnails");

    /// <summary>A WebP of one of the sizes; null when there is no such picture.</summary>
    public Task<string?> Shrunk(string hash, int side, CancellationToken cancel) =>
        Kept(hash, $"{hash}-{side}.webp", file => PictureFormats.Of(file) is null ? null : Thumbnail.WebP(file, side, Quality(file, side)),
            cancel);

    /// <summary>All of its pixels, without the text inside a PNG, which can name the model; null when there is no such picture.</summary>
    public Task<string?> Whole(string hash, CancellationToken cancel) =>
        Kept(hash, $"{hash}-whole",
            file => PictureFormats.Of(file) switch { null => null, PictureFormat.Png => Picture.Decode(file).ToPng(), _ => file }, cancel);

    // A small picture is shown enlarged, where traces of compression would pass for flaws of the model.
    private static int Quality(byte[] file, int side)
    {
        var header = PictureHeader.Read(file);
        return Math.Max(header.Width, header.Height) <= side ? 97 : 90;
    }

    private async Task<string?> Kept(string hash, string name, Func<byte[], byte[]?> make, CancellationToken cancel)
    {
        var path = Path.Combine(_root, hash[..2], name);
        if (File.Exists(path))
        {
            return path;
        }
        if (!files.Has(hash))
        {
            return null;
        }
        await _turns.WaitAsync(cancel);
        try
        {
            if (!File.Exists(path))
            {
                if (make(await files.Read(hash, cancel)) is not { } made)
                {
                    return null;
                }
                await Keep(path, made, cancel);
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
