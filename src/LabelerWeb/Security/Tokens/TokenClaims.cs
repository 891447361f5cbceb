using System.Globalization;
using System.Security.Claims;

namespace Labeler.Web.Security.Tokens;

/// <summary>What a token says besides whose it is.</summary>
internal static class TokenClaims
{
    public const string Token = "token";
    public const string Scope = "scope";
    public const string Project = "project";

    /// <summary>Null for somebody at a browser.</summary>
    public static Guid? TokenId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(Token), out var id) ? id : null;

    /// <summary>Null for somebody at a browser.</summary>
    public static TokenScope? TokenScope(this ClaimsPrincipal user) =>
        int.TryParse(user.FindFirstValue(Scope), CultureInfo.InvariantCulture, out var scope) ? (TokenScope)scope : null;

    /// <summary>The projects that a token reaches; null where it says none, or there is no token.</summary>
    public static IReadOnlyList<long>? OnlyProjects(this ClaimsPrincipal user) =>
        user.FindAll(Project).Select(claim => long.Parse(claim.Value, CultureInfo.InvariantCulture)).ToList() is { Count: > 0 } projects
            ? projects : null;
}
