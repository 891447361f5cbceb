using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Exports;

/// <summary>Pictures of the store for an export.</summary>
public static class DeliveredPicture
{
    /// <summary>Reads one and encodes it anew.</summary>
    /// <param name="encode">One of <see cref="Delivered"/>.</param>
    /// <exception cref="LabelerException">The stored file cannot be decoded.</exception>
    public static async Task<T> Read<T>(FileStore files, string hash, Func<byte[], T> encode, CancellationToken cancel)
    {
        try
        {
            return encode(await files.Read(hash, cancel));
        }
        catch (PictureException error)
        {
            throw new LabelerException($"The stored picture {hash} cannot be exported: {error.Message}", error);
        }
    }
}
