using System.Security.Claims;

namespace Labeler.Web.Components.Layout;

/// <summary>A destination of the top bar, shown to those who hold its role.</summary>
/// <param name="Below">Only to those who do not hold this role too, as another destination then serves them.</param>
public sealed record Destination(string Text, string Address, string Icon, string Policy, string? Below = null)
{
    public bool IsFor(ClaimsPrincipal user) => user.IsInRole(Policy) && (Below is null || !user.IsInRole(Below));
}

public static class Navigation
{
    /// <summary>Everything else is in a project; see <see cref="ProjectTab" />. A day starts at the first one; see HomePage.</summary>
    public static readonly Destination[] Destinations =
    [
        new("Projects", "label", "label", Role.Annotator, Below: Role.Lead),
        new("Projects", "projects", "folder", Role.Lead),
        new("People", "people", "people", Role.Admin),
        new("System", "system", "epochs", Role.Admin),
    ];

    /// <summary>What is reached from one of these or by its name, and belongs to no project.</summary>
    public static readonly Destination[] Others =
    [
        new("Projects to label", "label", "label", Role.Annotator),
        new("New project", "projects/new", "plus", Role.Admin),
        new("Photos", "photos", "photo", Role.Lead),
        new("Compare curves", "compare", "compare", Role.Lead),
        new("Sample sheets", "compare/sheets", "compare", Role.Lead),
        new("Evaluations by people", "compare/evaluations", "compare", Role.Lead),
        new("New evaluation", "compare/evaluations/new", "plus", Role.Lead),
        new("Leaderboard", "compare/leaderboard", "compare", Role.Lead),
        new("Reward models", "compare/rewards", "compare", Role.Lead),
        new("Profile and keys", "account", "key", Role.Annotator),
    ];
}
