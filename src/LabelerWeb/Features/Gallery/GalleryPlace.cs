using System.Globalization;

namespace Labeler.Web.Features.Gallery;

/// <summary>Where a page of the gallery begins. Found by what it stands at, not by how much comes before, so that the last of 100,000
/// pictures are as near as the first.</summary>
public sealed record GalleryPlace(GroupUse Use, int Number, int Index)
{
    public static GalleryPlace Start { get; } = new(0, 0, 0);

    /// <summary>As it stands in addresses; what cannot be read is the start.</summary>
    public static GalleryPlace Read(string? text) =>
        text?.Split('.') is [var use, var number, var index] && Whole(use) is { } of && Whole(number) is { } at && Whole(index) is { } image
            ? new((GroupUse)of, at, image) : Start;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(int)Use}.{Number}.{Index}");

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
