using System.ComponentModel.DataAnnotations;

namespace Labeler.Web.Security.OpenId;

/// <summary>The section <c>OpenId</c> of appsettings.json: people sign in at a provider. Without an authority it is off.</summary>
public sealed class OpenIdOptions : IValidatableObject
{
    public const string Section = "OpenId";

    /// <summary>Address of the provider, below which its description lies (<c>.well-known/openid-configuration</c>).</summary>
    public string? Authority { get; set; }
    public string ClientId { get; set; } = "";

    /// <summary>Better given by the environment, as <c>OpenId__ClientSecret</c>; empty for a client without one.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What the provider is asked for; openid and profile where it is empty.</summary>
    public string[] Scopes { get; set; } = [];

    /// <summary>What people call the provider: the button says "Sign in with" it.</summary>
    [StringLength(40, MinimumLength = 1)]
    public string Name { get; set; } = "OpenID Connect";

    /// <summary>The claim with the groups that somebody is in.</summary>
    [Required]
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>Whoever is in none of them that gives a role in the installation is refused.</summary>
    public GroupRight[] Groups { get; set; } = [];

    public bool IsOn => !string.IsNullOrWhiteSpace(Authority);

    public IEnumerable<string> AskedScopes => Scopes is [] ? ["openid", "profile"] : Scopes.Prepend("openid").Distinct();

    /// <summary>The highest role in the installation that these groups give; null for none.</summary>
    public string? RoleOf(IReadOnlyCollection<string> groups) =>
        Role.All.LastOrDefault(role => Groups.Any(right => !right.IsOfProject && right.Role == role && groups.Contains(right.Group)));

    /// <summary>The role in each project that is named here, none where these groups give none.</summary>
    public IReadOnlyDictionary<string, ProjectRole> MembershipsOf(IReadOnlyCollection<string> groups) =>
        Groups.Where(right => right.IsOfProject).GroupBy(right => right.Project).ToDictionary(of => of.Key, of =>
            of.Where(right => groups.Contains(right.Group)).Select(right => right.ProjectRole).DefaultIfEmpty(ProjectRole.None).Max());

    /// <summary>What has to be put right before the program starts.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
        {
            yield break;
        }
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            yield return new("OpenId:Authority must be an https address (http only for this machine itself)");
        }
        if (string.IsNullOrWhiteSpace(ClientId))
        {
            yield return new("OpenId:ClientId is missing: the provider gives it when the application is registered there");
        }
        if (!Groups.Any(right => !right.IsOfProject))
        {
            yield return new("OpenId:Groups gives nobody a role, so nobody could sign in: name a group and its role");
        }
        foreach (var wrong in Groups.Where(right => string.IsNullOrWhiteSpace(right.Group) || !right.IsKnown))
        {
            yield return new($"OpenId:Groups: \"{wrong.Group}\" needs the name of a group and a role "
                + "(annotator, lead or admin; in a project annotator, reviewer or lead)");
        }
    }
}
