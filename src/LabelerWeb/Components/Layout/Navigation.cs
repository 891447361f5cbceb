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
}
