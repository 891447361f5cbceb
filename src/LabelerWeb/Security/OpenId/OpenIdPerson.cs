using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Labeler.Web.Security.OpenId;

/// <summary>Somebody as the provider describes them.</summary>
/// <param name="Key">Issuer and subject: a subject is one person's only at its issuer.</param>
/// <param name="Names">What they may be called, the best first.</param>
/// <param name="Groups">Those of their groups that the settings name.</param>
public sealed record OpenIdPerson(string Key, IReadOnlyList<string> Names, IReadOnlyList<string> Groups)
{
    private const string Issuer = "issuer", Group = "group", Subject = "sub", Link = "link";

    private static readonly string[] NameClaims = ["name", "preferred_username", "nickname", "email"];

    /// <summary>What was asked along with who they are: whose account is to be linked. Null where somebody is to be signed in.</summary>
    public string? LinksTo { get; private init; }

    /// <summary>A question that comes back to <paramref name="address"/>.</summary>
    internal static AuthenticationProperties Asking(string address, string? linksTo)
    {
        var asking = new AuthenticationProperties { RedirectUri = address };
        if (linksTo is not null)
        {
            asking.Items[Link] = linksTo;
        }
        return asking;
    }

    /// <summary>Keeps with the ticket who says all this.</summary>
    internal static void Note(AuthenticationProperties properties, string issuer) => properties.Items[Issuer] = issuer;

    /// <summary>What is needed of a principal: all its groups may be more than a cookie holds.</summary>
    internal static ClaimsPrincipal Trim(ClaimsPrincipal principal, OpenIdOptions settings)
    {
        var named = settings.Groups.Select(right => right.Group).ToHashSet();
        var kept = principal.Claims.Where(claim => claim.Type == Subject || (NameClaims.Contains(claim.Type) && claim.Value.Length <= 200))
            .Concat(principal.FindAll(settings.GroupsClaim).Where(claim => named.Contains(claim.Value))
                .Select(claim => new Claim(Group, claim.Value)));
        return new(new ClaimsIdentity(kept.DistinctBy(claim => (claim.Type, claim.Value)), OpenIdSetup.Scheme));
    }

    /// <summary>Null where the ticket is none of ours.</summary>
    internal static OpenIdPerson? Of(AuthenticateResult ticket) =>
        ticket is { Principal: { } principal, Properties: { } properties } && properties.Items.TryGetValue(Issuer, out var issuer)
            && principal.FindFirstValue(Subject) is { Length: > 0 } subject
            ? new($"{issuer}|{subject}", [.. NameClaims.Select(principal.FindFirstValue).OfType<string>()],
                [.. principal.FindAll(Group).Select(claim => claim.Value)])
            {
                LinksTo = properties.Items.TryGetValue(Link, out var linksTo) ? linksTo : null,
            }
            : null;
}
