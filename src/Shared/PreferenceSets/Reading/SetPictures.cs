using Labeler.Shared.Photos;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>The pictures that a list names: inside the text as data addresses, or files beside the list.</summary>
/// <param name="files">Of the zip or folder, by name; empty where the list stands alone.</param>
/// <param name="below">The list's own folder in there, with a slash at its end, or nothing.</param>
internal sealed class SetPictures(IReadOnlyDictionary<string, PhotoFile> files, string below, ImportLimits limits)
{
    // How Label Studio names a file below its document root.
    private const string LocalFile = "/data/local-files/?d=";

    /// <exception cref="PhotoRefusal">There is no such picture, or it cannot be read.</exception>
    public async Task<byte[]> Read(string named, CancellationToken cancel)
    {
        if (named.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return OfAddress(named);
        }
        var name = (named.StartsWith(LocalFile, StringComparison.Ordinal) ? Uri.UnescapeDataString(named[LocalFile.Length..]) : named)
            .Replace('\\', '/');
        var shown = name.Length > 80 ? name[..80] + "…" : name;
        if (name.Contains("://", StringComparison.Ordinal))
        {
            throw new PhotoRefusal(SkipKind.Refused, $"{shown} is an address; the pictures themselves are needed");
        }
        if (!files.TryGetValue(below + name, out var file) && !files.TryGetValue(name, out file))
        {
            throw new PhotoRefusal(SkipKind.Refused, $"the set has no file {shown}");
        }
        return file.Fault is { } fault ? throw new PhotoRefusal(SkipKind.Refused, $"{shown}: {fault}")
            : await PhotoCheck.Read(file, limits, cancel);
    }

    private byte[] OfAddress(string address)
    {
        var comma = address.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !address.AsSpan(0, comma).EndsWith(";base64"))
        {
            throw new PhotoRefusal(SkipKind.Refused, "a picture's data address is not in base64");
        }
        if ((address.Length - comma) / 4 * 3L > limits.MaxPictureBytes + 3)
        {
            throw new PhotoRefusal(SkipKind.Refused, $"a picture has more than {limits.MaxPictureBytes >> 20} MiB");
        }
        var content = new byte[(address.Length - comma) / 4 * 3 + 3];
        return Convert.TryFromBase64Chars(address.AsSpan(comma + 1), content, out var length) ? content[..length]
            : throw new PhotoRefusal(SkipKind.Refused, "a picture's data address is not in base64");
    }
}
