using Labeler.Web.Security.Tokens;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Labeler.Web.Security;

/// <summary>Whoever is no member of a project is told that there is nothing, as of one that does not exist.</summary>
internal sealed class NotFoundForStrangers : IAuthorizationMiddlewareResultHandler
{
    internal const string NoMember = "no member of the project";

    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult is { Forbidden: true, AuthorizationFailure.FailureReasons: { } reasons }
            && reasons.Any(reason => reason.Message == NoMember))
        {
            context.TellRefused();
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.User.TokenId() is null ? Task.CompletedTask
                : Results.Problem(statusCode: StatusCodes.Status404NotFound).ExecuteAsync(context);
        }
        return _usual.HandleAsync(next, context, policy, authorizeResult);
    }
}
