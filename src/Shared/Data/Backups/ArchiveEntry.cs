using System.Text.RegularExpressions;

namespace Labeler.Shared.Data.Backups;

/// <summary>What an archive of a whole installation begins with.</summary>
/// <param name="Format">Of the archive; one that is higher than <see cref="Newest"/> was written by a newer program.</param>
/// <param name="Made">UTC.</param>
/// <param name="Database">The kind of database that it was taken from.</param>
public sealed record ArchiveHead(int Format, DateTimeOffset Made, string Database)
{
    public const int Newest = 1;
}

/// <summary>What an archive ends with, so that one that was cut off is told.</summary>
/// <param name="Files">How many stored files it holds.</param>
public sealed record ArchiveEnd(long Files);

/// <summary>The names inside an archive of a whole installation, a tar file: a head, the database, keys, results of comparisons and stored
/// files, and an end.</summary>
internal static partial class ArchiveEntry
{
    public const string Head = "labeler-backup.json", Database = "labeler.db", End = "end.json", Keys = "keys/", Runs = "runs/",
        Files = "files/";

    /// <summary>Whether a name may become a path below the folder that it names: no part is empty or begins with a dot, and none has a
    /// backslash or a control character.</summary>
    public static bool IsPlain(string name) => name.Length < 1000 && Plain().IsMatch(name);

    [GeneratedRegex(@"^(keys|runs)(/[^./\\\x00-\x1f][^/\\\x00-\x1f]*)+\z", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Plain();
}
