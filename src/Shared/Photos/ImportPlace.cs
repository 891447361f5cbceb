namespace Labeler.Shared.Photos;

/// <summary>What an import job reads: an uploaded zip, or a folder below the import root.</summary>
/// <param name="Path">Relative: a zip's to the data folder's uploads, a folder's to the import root.</param>
/// <param name="Name">What people read.</param>
/// <param name="CodePage">Of the names in a zip that are not UTF-8; see <see cref="ZipNames"/>.</param>
public sealed record ImportPlace(string Path, bool IsZip, string Name, int CodePage = ZipNames.Standard)
{
    public static string Uploads(DataFolder folder) => Directory.CreateDirectory(System.IO.Path.Combine(folder.Root, "uploads")).FullName;

    public static string Root(DataFolder folder, ImportLimits limits) =>
        Directory.CreateDirectory(
            System.IO.Path.GetFullPath(limits.Root.Length > 0 ? limits.Root : System.IO.Path.Combine(folder.Root, "import"))).FullName;

    /// <exception cref="LabelerException">It is not below the root, or not there.</exception>
    public static ImportPlace Folder(string typed, DataFolder folder, ImportLimits limits)
    {
        var (root, path) = (Root(folder, limits), System.IO.Path.Combine(Root(folder, limits), Below(typed, folder, limits)));
        return Directory.Exists(path)
            ? new(System.IO.Path.GetRelativePath(root, path), IsZip: false,
                typed.Trim() is { Length: > 0 } name ? name : System.IO.Path.GetFileName(root))
            : throw new LabelerException($"There is no folder {path}: put the pictures there first.");
    }

    /// <summary>What somebody typed, relative to the import root.</summary>
    /// <exception cref="LabelerException">It is not below the root, or reached by a link.</exception>
    public static string Below(string typed, DataFolder folder, ImportLimits limits)
    {
        LabelerException.ThrowIf(typed.Contains('\0', StringComparison.Ordinal), "A folder's name holds no NUL character.");
        var root = Root(folder, limits);
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, typed.Trim().TrimStart('/')));
        LabelerException.ThrowIf(
            path != root && !path.StartsWith(root + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal),
            $"Only folders below {root} can be imported: put the pictures there.");
        for (var at = path; at.Length > root.Length; at = System.IO.Path.GetDirectoryName(at)!)
        {
            LabelerException.ThrowIf(
                new DirectoryInfo(at).LinkTarget is not null, $"{at} is a link; put the pictures themselves below {root}.");
        }
        return System.IO.Path.GetRelativePath(root, path);
    }

    internal PhotoFiles Open(DataFolder folder, ImportLimits limits) => IsZip
        ? File.Exists(ZipPath(folder)) ? PhotoFiles.OfZip(ZipPath(folder), limits, CodePage)
            : throw new LabelerException("The uploaded zip is not there any more: upload it again.")
        : PhotoFiles.OfFolder(System.IO.Path.GetFullPath(System.IO.Path.Combine(Root(folder, limits), Path)), limits);

    internal string ZipPath(DataFolder folder) => System.IO.Path.Combine(Uploads(folder), Path);
}
