using Microsoft.AspNetCore.Authorization;

namespace Labeler.Web.Security;

/// <summary>
/// Who may do what. A lead may do all that an annotator may, an admin all that a lead may.
/// What names no policy is refused to everybody who has no role.
/// </summary>
public static class Policies
{
    public const string Annotator = "annotator";
    public const string Lead = "lead";
    public const string Admin = "admin";

    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .AddPolicy(Annotator, policy => policy.RequireRole(Annotator, Lead, Admin))
            .AddPolicy(Lead, policy => policy.RequireRole(Lead, Admin))
            .AddPolicy(Admin, policy => policy.RequireRole(Admin))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Annotator, Lead, Admin).Build())
            .SetDefaultPolicy(new AuthorizationPolicyBuilder().RequireRole(Annotator, Lead, Admin).Build());
        return services;
    }
}
