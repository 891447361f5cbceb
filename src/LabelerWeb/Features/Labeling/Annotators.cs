using System.Security.Claims;

namespace Labeler.Web.Features.Labeling;

public static class Annotators
{
    /// <summary>Whose request this is; endpoints and pages that use it admit nobody who is not signed in.</summary>
    public static Guid AccountId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : Guid.Empty;
}
