using System.IO.Compression;

namespace Labeler.Shared.Photos;

/// <summary>A file of an import. Its name has slashes between folders.</summary>
/// <param name="Fault">Why it is not to be opened at all; null where it may be.</param>
public sealed record PhotoFile(string Name, long Bytes, string? Fault, Func<Stream> Open);

/// <summary>The files of a zip or of a folder, in an order that is the same every time.</summary>
public sealed class PhotoFiles : IDisposable
{
    private readonly IDisposable? _archive;

    private PhotoFiles(IEnumerable<PhotoFile> files, IDisposable? archive, ImportLimits limits)
    {
        _archive = archive;
        var all = files.Take(limits.MaxFiles + 1).ToList();
        if (all.Count > limits.MaxFiles)
        {
            _archive?.Dispose();
            throw new LabelerException($"There are more than {limits.MaxFiles:N0} files: import them in several parts.");
        }
        All = [.. Named([.. all.OrderBy(file => file.Name, StringComparer.Ordinal)])];
    }

    // A zip may hold one name several times, as packed or as read here. The further ones get a name of their own: each is a file.
    private static IEnumerable<PhotoFile> Named(List<PhotoFile> files)
    {
        var given = files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        return files.Select((file, at) => at == 0 || files[at - 1].Name != file.Name ? file : file with { Name = Free(file.Name, given) });
    }

    private static string Free(string name, HashSet<string> given)
    {
        var start = name[..^Path.GetExtension(name).Length];
        for (var n = 2; ; n++)
        {
            if ($"{start} ({n}){name[start.Length..]}" is var free && given.Add(free))
            {
                return free;
            }
        }
    }

    public IReadOnlyList<PhotoFile> All { get; }

    /// <param name="codePage">Of the names that are not UTF-8; see <see cref="ZipNames"/>.</param>
    /// <exception cref="LabelerException">It is no zip, or holds too many files.</exception>
    public static PhotoFiles OfZip(string path, ImportLimits limits, int codePage = ZipNames.Standard)
    {
        ZipArchive? zip = null;
        try
        {
            zip = ZipNames.Open(path, codePage);
            return new(
                zip.Entries.Select(entry => (Entry: entry, Name: ZipNames.Normalized(entry.FullName)))
                    .Where(one => one.Name.Length > 0 && !one.Name.EndsWith('/'))
                    .Select(one => new PhotoFile(Shown(one.Name), one.Entry.Length, Fault(one.Entry, one.Name, limits), one.Entry.Open)),
                zip, limits);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            zip?.Dispose();
            throw new LabelerException("The zip cannot be read: it is truncated or no zip. Pack it again and upload it once more.", error);
        }
    }

    /// <exception cref="LabelerException">There is no such folder, or it holds too many files.</exception>
    public static PhotoFiles OfFolder(string path, ImportLimits limits)
    {
        LabelerException.ThrowIf(!Directory.Exists(path), $"The folder {path} is not there any more.");
        // A link may lead anywhere on the machine, so none is followed.
        var files =
            new DirectoryInfo(path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(file => !IsBelowLink(file.Directory!, path))
            .Select(file => new PhotoFile(
                Path.GetRelativePath(path, file.FullName).Replace('\\', '/'), file.LinkTarget is null ? file.Length
                    : 0, file.LinkTarget is null ? null : "it is a link; put the picture itself into the folder", file.OpenRead));
        return new(files, null, limits);
    }

    public void Dispose() => _archive?.Dispose();

    private static bool IsBelowLink(DirectoryInfo folder, string root) =>
        folder.FullName.Length > root.TrimEnd('/').Length && (folder.LinkTarget is not null || IsBelowLink(folder.Parent!, root));

    // A control character in a name would garble the lines that tell of it.
    private static string Shown(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));

    private static string? Fault(ZipArchiveEntry entry, string name, ImportLimits limits)
    {
        if (ZipNames.LeadsOutside(name))
        {
            return "its name points outside of the zip; pack it under a plain name";
        }
        if (entry.IsEncrypted)
        {
            return "it is encrypted; pack it without a password";
        }
        return entry.Length > limits.MaxRatio * Math.Max(1024, entry.CompressedLength)
            ? $"it unpacks to more than {limits.MaxRatio} times its packed size, as zip bombs do"
            : null;
    }
}
