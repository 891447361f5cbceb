using System.Text;

namespace Labeler.Shared.Imaging;

/// <summary>The file formats that are decoded. Content decides, never a file's name.</summary>
public enum PictureFormat
{
    Jpeg,
    Png,
    WebP,
    Gif,
    Tiff,
    Avif,

    /// <summary>Only where libvips has a decoder of its compression (HEVC), which the one that comes with the program lacks.</summary>
    Heic,
}

public static class PictureFormats
{
    private static readonly string[] HeicBrands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"];

    /// <summary>The format that the first bytes show, or null when it is none of ours.</summary>
    public static PictureFormat? Of(ReadOnlySpan<byte> file) => file switch
    {
        [0xFF, 0xD8, 0xFF, ..] => PictureFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PictureFormat.Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => PictureFormat.WebP,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => PictureFormat.Gif,
        [(byte)'I', (byte)'I', 42 or 43, 0, _, _, _, _, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, _, _, _, _, ..] => PictureFormat.Tiff,
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => OfBrands(file),
        _ => null,
    };

    /// <summary>What to say of a file whose pixels cannot be decoded, before the reason.</summary>
    internal static string Fault(ReadOnlySpan<byte> file) =>
        Of(file) == PictureFormat.Heic ? "this HEIC cannot be read here; save it as JPEG" : "the image is damaged";

    public static string Extension(this PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => ".jpg",
        PictureFormat.Png => ".png",
        PictureFormat.WebP => ".webp",
        PictureFormat.Tiff => ".tif",
        PictureFormat.Avif => ".avif",
        PictureFormat.Heic => ".heic",
        _ => ".gif",
    };

    public static string MediaType(this PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "image/jpeg",
        PictureFormat.Png => "image/png",
        PictureFormat.WebP => "image/webp",
        PictureFormat.Tiff => "image/tiff",
        PictureFormat.Avif => "image/avif",
        PictureFormat.Heic => "image/heic",
        _ => "image/gif",
    };

    // ISO/IEC 14496-12, 4.3: the box's length, "ftyp", the major brand, a version, then the compatible brands.
    private static PictureFormat? OfBrands(ReadOnlySpan<byte> file)
    {
        var length = file.Length < 12 ? 0 : Math.Min(file.Length, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file));
        var brands = new List<string>();
        for (var at = 8; at + 4 <= length; at += at == 8 ? 8 : 4)
        {
            brands.Add(Encoding.Latin1.GetString(file.Slice(at, 4)));
        }
        return brands.Exists(brand => brand is "avif" or "avis") ? PictureFormat.Avif
            : brands.Exists(HeicBrands.Contains) ? PictureFormat.Heic
            : null;
    }
}
