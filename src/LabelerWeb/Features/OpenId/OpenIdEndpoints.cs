using Labeler.Web.Features.Accounts.Linking;
using Labeler.Web.Security.OpenId;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.OpenId;

/// <summary>The two addresses of the way by the provider that are the application's own; there only where it is configured.</summary>
public static class OpenIdEndpoints
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
    private static Task<IResult> Start(string? returnUrl, HttpContext context) =>
        OpenIdWay.Ask(context, $"{OpenIdSetup.Arrived}?returnUrl={Uri.EscapeDataString(LocalAddress.Or(returnUrl, "/"))}");

    private static async Task<IResult> Arrive(string? returnUrl, HttpContext context, Arrivals arrivals, SignInManager<Account> signIn)
    {
        var person = await OpenIdWay.Arrived(context);
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
}
