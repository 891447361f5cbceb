namespace Labeler.Web.Components.Layout;

/// <summary>A destination of the top bar, shown to those who hold its role.</summary>
public sealed record Destination(string Text, string Address, string Icon, string Policy);

public static class Navigation
{
    /// <summary>In the order of the day's work. A role's day starts at its first one; see HomePage.</summary>
    public static readonly Destination[] Destinations =
    [
        new("Label", "label", "label", Role.Annotator),
        new("Dashboard", "dashboard", "chart", Role.Lead),
        new("Gallery", "gallery", "gallery", Role.Lead),
        new("Compare", "compare", "compare", Role.Lead),
        new("Photos", "photos", "photo", Role.Lead),
        new("Review", "review", "review", Role.Lead),
        new("Projects", "projects", "folder", Role.Admin),
        new("Epochs", "epochs", "epochs", Role.Admin),
        new("People", "people", "people", Role.Admin),
        new("Backups", "backups", "folder", Role.Admin),
    ];
}
