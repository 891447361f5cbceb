using Labeler.Web.Security.Tokens;
using Microsoft.AspNetCore.Authorization;

namespace Labeler.Web.Security;

/// <summary>
/// One policy for each role, named as the role; each admits those above it too. For what is about a project the role there counts.
/// What names no policy is refused to everybody who is not at least an annotator.
/// </summary>
public static class Policies
{
    /// <summary>Of every policy: at least this role, in the project that is asked about or, where there is none, in the
    /// installation.</summary>
    public sealed record AtLeast(ProjectRole Role) : IAuthorizationRequirement;

    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        var authorization = services.AddAuthorizationBuilder();
        foreach (var role in Role.All.Append(ProjectRoles.Reviewer))
        {
            authorization.AddPolicy(role, policy => policy.AddRequirements(new AtLeast(ProjectRoles.Named(role))));
        }
        foreach (var scope in Enum.GetValues<TokenScope>())
        {
            authorization.AddPolicy(NeededScope.Policy(scope), policy => policy.AddRequirements(new NeededScope(scope)));
        }
        var anyRole = new AuthorizationPolicyBuilder().AddRequirements(new AtLeast(ProjectRole.Annotator)).Build();
        authorization.SetFallbackPolicy(anyRole).SetDefaultPolicy(anyRole);
        services.AddSingleton<PictureAccess>().AddSingleton<Access>().AddSingleton<IAuthorizationHandler, RoleThere>()
            .AddSingleton<IAuthorizationHandler, ScopeOfToken>();
        return services.AddSingleton<IAuthorizationMiddlewareResultHandler, NotFoundForStrangers>();
    }
}
