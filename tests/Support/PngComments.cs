using NetVips;

namespace Labeler.Tests.Support;

/// <summary>The text of a PNG file as libpng reads it, which knows nothing of how the product writes it.</summary>
internal static class PngComments
{
    private const int KeyAfter = 3;

    /// <summary>Text by key; empty where there is none.</summary>
    public static IReadOnlyDictionary<string, string> Of(byte[] png)
    {
        using var image = Image.PngloadBuffer(png);
        // libvips names a field png-comment-NUMBER-KEY.
        return image.GetFields().Where(field => field.StartsWith("png-comment-", StringComparison.Ordinal))
            .ToDictionary(field => field.Split('-', KeyAfter + 1)[KeyAfter], field => (string)image.Get(field));
    }
}
