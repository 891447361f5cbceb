using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Photos;

/// <summary>Decides about one file of an import: a picture, or why not.</summary>
internal static class PhotoCheck
{
    private static readonly Dictionary<string, PictureFormat> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        [".jpg"] = PictureFormat.Jpeg,
        [".jpeg"] = PictureFormat.Jpeg,
        [".jpe"] = PictureFormat.Jpeg,
        [".jfif"] = PictureFormat.Jpeg,
        [".png"] = PictureFormat.Png,
        [".webp"] = PictureFormat.WebP,
        [".gif"] = PictureFormat.Gif,
        [".tif"] = PictureFormat.Tiff,
        [".tiff"] = PictureFormat.Tiff,
        [".avif"] = PictureFormat.Avif,
        [".heic"] = PictureFormat.Heic,
        [".heif"] = PictureFormat.Heic,
        [".hif"] = PictureFormat.Heic,
    };

    /// <summary>Reads a file whole, but never more than a picture may have, whatever the archive announced.</summary>
    /// <exception cref="PhotoRefusal">It is larger, or the archive is damaged there.</exception>
    public static async Task<byte[]> Read(PhotoFile file, ImportLimits limits, CancellationToken cancel)
    {
        if (file.Bytes > limits.MaxPictureBytes)
        {
            throw TooLarge(limits);
        }
        try
        {
            await using var stream = file.Open();
            return await stream.ReadAtMost(limits.MaxPictureBytes, cancel) ?? throw TooLarge(limits);
        }
        catch (Exception error)
            when (error is InvalidDataException or EndOfStreamException or NotSupportedException or UnauthorizedAccessException
                or FileNotFoundException)
        {
            throw new PhotoRefusal(SkipKind.Refused, "it cannot be read: the file is damaged or not accessible");
        }
    }

    /// <summary>Size of a picture that can be labeled, decoded to its last pixel.</summary>
    /// <exception cref="PhotoRefusal">It cannot.</exception>
    public static (int Width, int Height) Open(string name, byte[] content, ImportLimits limits)
    {
        var expected = Endings.TryGetValue(Path.GetExtension(name), out var ending) ? ending : (PictureFormat?)null;
        var format = PictureFormats.Of(content);
        if (UnreadFormat.Of(name, content) is { } unread)
        {
            throw new PhotoRefusal(SkipKind.Refused, $"{unread} is not read here; save it as JPEG");
        }
        if (format is null)
        {
            throw expected is null
                ? new PhotoRefusal(SkipKind.NotToLabel, "no picture")
                : new PhotoRefusal(SkipKind.Refused, "it is named like a picture, but its content is none");
        }
        if (format == PictureFormat.Gif)
        {
            throw new PhotoRefusal(SkipKind.Refused, "GIF is not accepted; save it as JPEG, PNG or WebP");
        }
        // Telephones give HEIC any name; what to do about it is said below.
        if (expected != format && format != PictureFormat.Heic)
        {
            throw new PhotoRefusal(SkipKind.Refused,
                $"its content is {format.Value.ToString().ToUpperInvariant()}, which its name does not say; rename it to "
                    + $"{Path.GetFileNameWithoutExtension(name)}{format.Value.Extension()}");
        }
        try
        {
            var picture = Picture.Decode(content, limits.Picture);
            return (picture.Width, picture.Height);
        }
        catch (PictureException error) when (error.Problem != PictureProblem.LibraryMissing)
        {
            throw new PhotoRefusal(SkipKind.Refused, error.Message);
        }
    }

    private static PhotoRefusal TooLarge(ImportLimits limits) =>
        new(SkipKind.Refused, $"the file has more than {limits.MaxPictureBytes >> 20} MiB");
}

/// <summary>A file is left out, and the import goes on.</summary>
internal sealed class PhotoRefusal(SkipKind kind, string reason) : Exception(reason)
{
    public SkipKind Kind { get; } = kind;
}
