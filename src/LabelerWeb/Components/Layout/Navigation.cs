using System.Security.Claims;

namespace Labeler.Web.Components.Layout;

/// <summary>A destination of the top bar, shown to those who hold its role.</summary>
/// <param name="Text">In English; looked up where it is shown.</param>
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
        new(Texts.Key("Projects"), "label", "label", Role.Annotator, Below: Role.Lead),
        new(Texts.Key("Projects"), "projects", "folder", Role.Lead),
        new(Texts.Key("People"), "people", "people", Role.Admin),
        new(Texts.Key("System"), "system", "epochs", Role.Admin),
    ];

    /// <summary>Where somebody's day begins; null for whoever has no role.</summary>
    public static string? Start(ClaimsPrincipal user) => Destinations.FirstOrDefault(place => place.IsFor(user))?.Address;

    /// <summary>What is reached from one of these or by its name, and belongs to no project.</summary>
    public static readonly Destination[] Others =
    [
        new(Texts.Key("Projects to label"), "label", "label", Role.Annotator),
        new(Texts.Key("New project"), "projects/new", "plus", Role.Admin),
        new(Texts.Key("Photos"), "photos", "photo", Role.Lead),
        new(Texts.Key("Compare curves"), "compare", "compare", Role.Lead),
        new(Texts.Key("Sample sheets"), "compare/sheets", "compare", Role.Lead),
        new(Texts.Key("Evaluations by people"), "compare/evaluations", "compare", Role.Lead),
        new(Texts.Key("New evaluation"), "compare/evaluations/new", "plus", Role.Lead),
        new(Texts.Key("Leaderboard"), "compare/leaderboard", "compare", Role.Lead),
        new(Texts.Key("Reward models"), "compare/rewards", "compare", Role.Lead),
        new(Texts.Key("Audit log"), "system/audit", "review", Role.Admin),
        new(Texts.Key("Storage"), "system/space", "folder", Role.Admin),
        new(Texts.Key("Webhooks"), "system/webhooks", "epochs", Role.Admin),
        new(Texts.Key("Profile and keys"), "account", "key", Role.Annotator),
        new(Texts.Key("Access tokens"), "account/tokens", "key", Role.Annotator),
        new(Texts.Key("Second factor"), "account/two-factor", "key", Role.Annotator),
        new(Texts.Key("Passkeys"), "account/passkeys", "key", Role.Annotator),
        new(Texts.Key("Interface for programs"), "programs", "book", Role.Annotator),
    ];
}
