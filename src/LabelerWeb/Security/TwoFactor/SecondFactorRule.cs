using System.Security.Claims;
using Labeler.Web.Security.OpenId;
using Labeler.Web.Security.Passkeys;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security.TwoFactor;

/// <summary>The section <c>SignIn</c> of appsettings.json.</summary>
public sealed class SignInRules
{
    public const string Section = "SignIn";

    /// <summary>From this role on (annotator, lead, admin) who signs in by a password needs a second factor; empty for nobody.</summary>
    public string? SecondFactorFrom { get; set; }

    /// <summary>Does this role need one?</summary>
    public bool Need(string? role) => !string.IsNullOrEmpty(SecondFactorFrom)
        && ProjectRoles.Named(role) >= ProjectRoles.Named(SecondFactorFrom);
}

/// <summary>Leads whoever needs a second factor and has none to where it is set up, whatever they ask for.</summary>
public static class SecondFactorRule
{
    public const string Page = "/account/two-factor";

    internal const string Claim = "second_factor";

    /// <summary>Of what can be asked before it is set up.</summary>
    public sealed class Before;

    public static IServiceCollection AddSecondFactor(this IServiceCollection services)
    {
        services.AddOptions<SignInRules>().BindConfiguration(SignInRules.Section).Validate(
            rules => string.IsNullOrEmpty(rules.SecondFactorFrom) || Role.All.Contains(rules.SecondFactorFrom),
            "SignIn:SecondFactorFrom must be annotator, lead or admin").ValidateOnStart();
        return services.AddScoped<CodeGate>();
    }

    public static IApplicationBuilder UseSecondFactor(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var rules = context.RequestServices.GetRequiredService<IOptions<SignInRules>>().Value;
        if (!IsMissing(context.User, rules) || context.GetEndpoint() is not { } endpoint || IsBefore(context.Request.Path, endpoint))
        {
            await next(context);
            return;
        }
        if (HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api"))
        {
            await LocalAddress.Redirect(Page).ExecuteAsync(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
    });

    // A provider looks after the second factor of whom it sends, and a passkey is two in one.
    private static bool IsMissing(ClaimsPrincipal user, SignInRules rules) => user.SessionId() is not null && rules.Need(user.HighestRole())
        && !user.HasClaim(claim => claim.Type == Claim)
        && !user.HasClaim(ClaimTypes.AuthenticationMethod, OpenIdSetup.Scheme)
        && !user.HasClaim(ClaimTypes.AuthenticationMethod, PasskeyGate.Method);

    // A circuit shows only what a page began.
    private static bool IsBefore(PathString path, Endpoint endpoint) => path.StartsWithSegments(Page) || path.StartsWithSegments("/_blazor")
        || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || endpoint.Metadata.GetMetadata<Before>() is not null;
}
