using System.Globalization;

namespace Labeler.Web.Features.Dashboard;

/// <summary>What of a project's votes a dashboard shows, as it stands in its address: whoever is sent it sees the same.</summary>
/// <param name="From">The first day, in UTC; null for the beginning.</param>
/// <param name="Until">The last day; null for today.</param>
/// <param name="Who">The annotator; null for everybody.</param>
/// <param name="With">Address of the project that stands beside it; null for none.</param>
public sealed record DashboardView(DateOnly? From, DateOnly? Until, Guid? Who, string? With)
{
    /// <summary>What cannot be read is left out.</summary>
    public static DashboardView Of(string? from, string? until, string? who, string? with) =>
        new(Day(from), Day(until), Guid.TryParse(who, out var person) ? person : null, string.IsNullOrEmpty(with) ? null : with);

    public WhichVotes Which => new(Start(From), Start(Until?.AddDays(1)), Who);

    /// <summary>With its question mark; empty for all votes of this project alone.</summary>
    public string Query => (Which.IsAll, With) switch
    {
        (true, null) => "",
        (_, null) => $"?from={Text(From)}&until={Text(Until)}&who={Who}",
        (true, _) => $"?with={Uri.EscapeDataString(With)}",
        _ => $"?from={Text(From)}&until={Text(Until)}&who={Who}&with={Uri.EscapeDataString(With)}",
    };

    public static string Text(DateOnly? day) => day?.ToString("O", CultureInfo.InvariantCulture) ?? "";

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue
            ? day : null;

    private static DateTimeOffset? Start(DateOnly? day) => day is { } one ? new(one, TimeOnly.MinValue, TimeSpan.Zero) : null;
}
