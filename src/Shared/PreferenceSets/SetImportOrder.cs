using Labeler.Shared.Photos;

namespace Labeler.Shared.PreferenceSets;

/// <summary>What an import of a preference set reads, how far it has come, and what it did with the rows.</summary>
/// <param name="Path">Of an upload relative to the data folder's uploads; else absolute, a file or a folder.</param>
/// <param name="Name">What people read.</param>
public sealed record SetImportOrder(string Path, bool IsUpload, string Name)
{
    /// <summary>Rows from the start that were looked at.</summary>
    public long Done { get; init; }
    public long Taken { get; init; }

    /// <summary>Of those taken, pairs that nobody had judged.</summary>
    public long Unlabeled { get; init; }
    public long Duplicates { get; init; }
    public long Refused { get; init; }

    internal string PathIn(DataFolder folder, ImportLimits limits) =>
        IsUpload ? System.IO.Path.Combine(ImportPlace.Uploads(folder), Path)
            : System.IO.Path.Combine(ImportPlace.Root(folder, limits), Path);
}
