using System.Globalization;
using System.Text.RegularExpressions;

namespace Labeler.Shared.Data.Backups;

/// <summary>Why a copy of the database was made.</summary>
public enum BackupKind
{
    /// <summary>The schema was about to change.</summary>
    Version,

    /// <summary>A day had gone by.</summary>
    Daily,

    /// <summary>Somebody asked for it.</summary>
    Manual,
}

/// <summary>A copy of the SQLite file in the data folder's backups: labeler-20261127-093000-daily.db.</summary>
/// <param name="At">UTC, to the second.</param>
/// <param name="Version">Of the schema, where that is why it was made.</param>
public sealed partial record BackupFile(string Path, DateTimeOffset At, BackupKind Kind, string? Version, long Bytes)
{
    private const string TimeFormat = "yyyyMMdd-HHmmss";

    public string Name => System.IO.Path.GetFileName(Path);

    internal static string NameOf(DateTimeOffset at, BackupKind kind, string? version)
    {
        var why = kind == BackupKind.Version ? $"version-{version}" : kind == BackupKind.Daily ? "daily" : "manual";
        return string.Create(CultureInfo.InvariantCulture, $"labeler-{at.UtcDateTime:yyyyMMdd-HHmmss}-{why}.db");
    }

    /// <summary>The backups of a folder, newest first; other files are not counted.</summary>
    public static IReadOnlyList<BackupFile> In(string folder) => !Directory.Exists(folder) ? []
        : [.. new DirectoryInfo(folder).EnumerateFiles("labeler-*.db").Select(Read).OfType<BackupFile>()
            .OrderByDescending(file => file.At).ThenByDescending(file => file.Name, StringComparer.Ordinal)];

    private static BackupFile? Read(FileInfo file)
    {
        var name = Names().Match(file.Name);
        if (!name.Success || !DateTimeOffset.TryParseExact(
            name.Groups["at"].Value, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return null;
        }
        var version = name.Groups["version"];
        var kind = version.Success ? BackupKind.Version : name.Groups["why"].Value == "daily" ? BackupKind.Daily : BackupKind.Manual;
        return new(file.FullName, at, kind, version.Success ? version.Value : null, file.Length);
    }

    [GeneratedRegex(@"^labeler-(?<at>\d{8}-\d{6})-(?<why>daily|manual|version-(?<version>.+))\.db$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Names();
}
