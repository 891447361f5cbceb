using Microsoft.AspNetCore.Authorization;

namespace Labeler.Web.Security;

/// <summary>
/// One policy for each role, named as the role; an account holds its role and those below it.
/// What names no policy is refused to everybody who is not at least an annotator.
/// </summary>
public static class Policies
{
    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        var authorization = services.AddAuthorizationBuilder();
        foreach (var role in Role.All)
        {
            authorization.AddPolicy(role, policy => policy.RequireRole(role));
        }
        var anyRole = new AuthorizationPolicyBuilder().RequireRole(Role.Annotator).Build();
        authorization.SetFallbackPolicy(anyRole).SetDefaultPolicy(anyRole);
        return services;
    }
}
