using Labeler.Web.Security.OpenId;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.OpenId;

/// <summary>The two addresses of the way by the provider that are the application's own; there only where it is configured.</summary>
public static partial class OpenIdEndpoints
{
    public static IEndpointRouteBuilder MapOpenId(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<IOptions<OpenIdOptions>>().Value.IsOn)
        {
            routes.MapGet(OpenIdSetup.Start, Start).AllowAnonymous();
            routes.MapGet(OpenIdSetup.Arrived, Arrive).AllowAnonymous().WithMetadata(new AuditTrail.Told());
            LinkingEndpoints.Map(routes);
        }
        return routes;
    }

    // A link and no form: the policy of pages lets forms lead nowhere but here.
    private static Task<IResult> Start(string? returnUrl, HttpContext context, ILoggerFactory loggers) => Ask(context, OpenIdPerson.Asking(
        $"{OpenIdSetup.Arrived}?returnUrl={Uri.EscapeDataString(LocalAddress.Or(returnUrl, "/"))}"), loggers);

    /// <summary>Sends the browser to the provider.</summary>
    internal static async Task<IResult> Ask(HttpContext context, AuthenticationProperties asking, ILoggerFactory loggers)
    {
        try
        {
            await context.ChallengeAsync(OpenIdSetup.Scheme, asking);
            return Results.Empty;
        }
        catch (Exception error) when (error is InvalidOperationException or HttpRequestException or IOException or TaskCanceledException)
        {
            // Its description could not be read.
            LogUnreachable(loggers.CreateLogger(typeof(OpenIdEndpoints)), error.GetBaseException().Message);
            return OpenIdSetup.Refused(OpenIdRefusal.Unreachable);
        }
    }

    private static async Task<IResult> Arrive(string? returnUrl, HttpContext context, Arrivals arrivals, SignInManager<Account> signIn)
    {
        var person = await Arrived(context);
        if (person is not { LinksTo: null })
        {
            context.TellRefused();
            return OpenIdSetup.Refused(OpenIdRefusal.Failed);
        }
        var (account, refusal) = await arrivals.Receive(person, context.RequestAborted);
        if (account is not null)
        {
            context.TellWho(account.Id);
        }
        if (account is null || refusal is not null)
        {
            context.TellRefused();
            return OpenIdSetup.Refused(refusal ?? OpenIdRefusal.Failed);
        }
        await signIn.SignInAsync(account, isPersistent: false, OpenIdSetup.Scheme);
        ThemeCookie.Write(context, account.Theme);
        return LocalAddress.Redirect(returnUrl);
    }

    /// <summary>Whom the provider has sent, once; null for nobody.</summary>
    internal static async Task<OpenIdPerson?> Arrived(HttpContext context)
    {
        var person = OpenIdPerson.Of(await context.AuthenticateAsync(IdentityConstants.ExternalScheme));
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        return person;
    }

    [LoggerMessage(LogLevel.Warning, "The OpenID provider could not be asked: {Reason}")]
    private static partial void LogUnreachable(ILogger log, string reason);
}
