using Microsoft.AspNetCore.Authorization;

namespace Labeler.Web.Security.Tokens;

/// <summary>Admits tokens of at least this scope, and nobody without a token: a browser's cookie is good for pages alone.</summary>
public sealed record NeededScope(TokenScope Scope) : IAuthorizationRequirement
{
    /// <summary>The name of its policy.</summary>
    public static string Policy(TokenScope scope) => $"scope:{scope}";
}

internal sealed class ScopeOfToken : AuthorizationHandler<NeededScope>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, NeededScope requirement)
    {
        if (context.User.TokenScope() >= requirement.Scope)
        {
            context.Succeed(requirement);
        }
        return Task.CompletedTask;
    }
}
