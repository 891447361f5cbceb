using System.Text;
using NetVips;

namespace Labeler.Tests.Support;

/// <summary>
/// A picture as cameras and editors write them, twice as wide as high as stored: with EXIF (owner, place, to be turned by 90 degrees),
/// XMP, IPTC, a text in a PNG, and the profile of Display P3, in which its only color is (200, 40, 40).
/// </summary>
internal static class TaggedPicture
{
    /// <summary>What none may read.</summary>
    public const string Secret = "Secret Owner 52.5N 13.4E";
    private const int Width = 64, Height = 32;

    public static readonly string[] Kinds = ["jpg", "png", "webp", "moving.webp", "tif", "avif"];

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="mark">Makes its content one of its own.</param>
    public static byte[] Of(string kind, int mark = 0)
    {
        const int frames = 3;
        var moving = kind == "moving.webp";
        var height = moving ? Height * frames : Height;
        using var pixels = Image.NewFromMemory([.. Enumerable.Range(0, Width * height).SelectMany(_ => new byte[] { 200, 40, 40 })], Width, height, 3, Enums.BandFormat.Uchar);
        using var colors = pixels.Copy(interpretation: Enums.Interpretation.Srgb);
        using var wide = colors.IccTransform("p3", inputProfile: "srgb");
        var profile = (byte[])wide.Get("icc-profile-data");
        using var tagged = colors.Mutate(image =>
        {
            image.Set(GValue.BlobType, "icc-profile-data", profile);
            image.Set(GValue.BlobType, "exif-data", Exif());
            image.Set(GValue.GIntType, "orientation", 6);
            image.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes($"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">{Secret} {mark}</x:xmpmeta>"));
            image.Set(GValue.BlobType, "iptc-data", Iptc());
            if (kind == "png")
            {
                image.Set(GValue.GStrType, "png-comment-0-Author", Secret);
            }
            if (moving)
            {
                image.Set(GValue.GIntType, "page-height", Height);
            }
        });
        return tagged.WriteToBuffer($".{(moving ? "webp" : kind)}[keep=all]");
    }

    /// <summary>Everything in a file that speaks of more than pixels, each as one line. Reads it with libvips and byte for byte.</summary>
    public static IReadOnlyList<string> Traces(byte[] file)
    {
        using var image = Image.NewFromBuffer(file);
        string[] telling = ["exif-", "xmp-", "iptc-", "icc-", "png-comment", "photoshop", "gif-comment", "jpeg-thumbnail"];
        var found = image.GetFields().Where(field => telling.Any(start => field.StartsWith(start, StringComparison.Ordinal))).ToList();
        if (image.Contains("n-pages") && (int)image.Get("n-pages") > 1)
        {
            found.Add("further frames");
        }
        if (image.Contains("orientation") && (int)image.Get("orientation") != 1)
        {
            found.Add("an orientation");
        }
        var text = Encoding.Latin1.GetString(file);
        string[] names = [Secret, "Exif\0\0", "http://ns.adobe.com/xap", "Photoshop 3.0", "ICC_PROFILE", "eXIf", "iCCP", "iTXt", "tEXt", "zTXt", "EXIF", "XMP ", "ICCP"];
        found.AddRange(names.Where(name => text.Contains(name, StringComparison.Ordinal)).Select(name => $"the bytes of \"{name.TrimEnd('\0')}\""));
        return found;
    }

    /// <summary>Is the file turned upright, and are its colors those of the profile brought to sRGB (nearly 218, 0, 27)?</summary>
    public static bool IsUprightAndSrgb(byte[] file)
    {
        using var image = Image.NewFromBuffer(file);
        using var middle = image.ExtractArea(image.Width / 2, image.Height / 2, 1, 1);
        var color = middle.WriteToMemory<byte>();
        return image.Height == 2 * image.Width && Math.Abs(color[0] - 218) < 6 && color[1] < 12 && Math.Abs(color[2] - 27) < 12;
    }

    // TIFF 6.0, little-endian: one directory with the orientation (0x0112) and the artist (0x013B).
    private static byte[] Exif()
    {
        byte[] artist = [.. Encoding.ASCII.GetBytes(Secret), 0];
        return
        [
            .. "Exif"u8, 0, 0, .. "II"u8, 42, 0, 8, 0, 0, 0, 2, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0,
            0x3B, 0x01, 2, 0, (byte)artist.Length, 0, 0, 0, 38, 0, 0, 0,
            0, 0, 0, 0, .. artist,
        ];
    }

    // IPTC-IIM in a Photoshop resource (0x0404): the by-line (2:80).
    private static byte[] Iptc()
    {
        byte[] line = [0x1C, 2, 80, 0, (byte)Secret.Length, .. Encoding.ASCII.GetBytes(Secret)];
        byte[] even = line.Length % 2 == 0 ? line : [.. line, 0];
        return [.. "Photoshop 3.0"u8, 0, .. "8BIM"u8, 4, 4, 0, 0, 0, 0, 0, (byte)line.Length, .. even];
    }
}
