using System.Security.Claims;
using Labeler.Web.Security.Tokens;

namespace Labeler.Web.Security;

public static class CurrentUser
{
    internal const string SessionClaim = "session";

    /// <summary>The id of the account; endpoints and pages that use it admit nobody who is not signed in.</summary>
    public static Guid AccountId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : Guid.Empty;

    /// <summary>The session that the cookie belongs to; null for somebody who is not signed in.</summary>
    public static Guid? SessionId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(SessionClaim), out var id) ? id : null;

    /// <summary>The highest role that somebody holds; null for somebody who is not signed in.</summary>
    public static string? HighestRole(this ClaimsPrincipal user) => Role.All.LastOrDefault(user.IsInRole);

    /// <summary>What the account may do, for questions about projects.</summary>
    public static Viewer Viewer(this ClaimsPrincipal user) =>
        new(user.AccountId(), ProjectRoles.Named(user.HighestRole()), user.OnlyProjects());
}
