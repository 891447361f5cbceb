using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>Who is signed in, and a fresh token for posts, for a page that is older than the sign-in.</summary>
public static class SessionEndpoint
{
    public sealed record Session(Guid Account, string Token);

    public static Ok<Session> Get(HttpContext context, IAntiforgery antiforgery) =>
        TypedResults.Ok(new Session(context.User.AccountId(), antiforgery.GetAndStoreTokens(context).RequestToken!));
}
