using System.Security.Claims;
using Labeler.Web.Security.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Api;

public static class Me
{
    /// <param name="Role">In the installation.</param>
    /// <param name="Projects">The only projects that the token reaches; null for all of the account's.</param>
    public sealed record Answer(Guid Account, string Name, string? Role, TokenScope Scope, IReadOnlyList<long>? Projects);

    public static Ok<Answer> Get(ClaimsPrincipal user) => TypedResults.Ok(new Answer(
        user.AccountId(), user.FindFirstValue(AccountRules.DisplayNameClaim)!, user.HighestRole(), user.TokenScope()!.Value,
        user.OnlyProjects()));
}
