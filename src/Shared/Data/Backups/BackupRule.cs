using System.Globalization;

namespace Labeler.Shared.Data.Backups;

/// <summary>Which backups stay: the newest few of each kind, and of the daily ones also the newest of each of the last weeks and
/// months.</summary>
public static class BackupRule
{
    public const int Versions = 5;
    public const int Manual = 10;
    public const int Days = 7;
    public const int Weeks = 5;
    public const int Months = 12;

    /// <returns>Those that the rule does not keep.</returns>
    public static IReadOnlyList<BackupFile> Outdated(IReadOnlyList<BackupFile> backups)
    {
        var newest = backups.OrderByDescending(b => b.At).ThenByDescending(b => b.Name, StringComparer.Ordinal).ToList();
        var daily = newest.Where(b => b.Kind == BackupKind.Daily).ToList();
        HashSet<BackupFile> kept =
        [
            .. newest.Where(b => b.Kind == BackupKind.Version).Take(Versions),
            .. newest.Where(b => b.Kind == BackupKind.Manual).Take(Manual),
            .. daily.DistinctBy(b => b.At.UtcDateTime.Date).Take(Days),
            .. daily.DistinctBy(b => (ISOWeek.GetYear(b.At.UtcDateTime), ISOWeek.GetWeekOfYear(b.At.UtcDateTime))).Take(Weeks),
            .. daily.DistinctBy(b => (b.At.UtcDateTime.Year, b.At.UtcDateTime.Month)).Take(Months),
        ];
        return [.. newest.Where(b => !kept.Contains(b))];
    }
}
