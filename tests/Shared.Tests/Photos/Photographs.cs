namespace Labeler.Shared.Tests.Photos;

/// <summary>Photographs that somebody took: the landscapes and plants of Debian's package mate-backgrounds, which <c>./labeler test</c> installs.</summary>
internal static class Photographs
{
    public const string Folder = "/usr/share/backgrounds/mate/nature";

    /// <summary>Full paths, in the order of their names.</summary>
    public static IReadOnlyList<string> Files { get; } = Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder, "*.jpg").Order(StringComparer.Ordinal)]
        : throw new DirectoryNotFoundException($"{Folder} is not there: ./labeler test installs it, or apt-get install mate-backgrounds");
}
