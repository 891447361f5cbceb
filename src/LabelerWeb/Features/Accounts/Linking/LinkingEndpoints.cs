using Labeler.Web.Security.OpenId;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Accounts.Linking;

/// <summary>Linking one's own account with somebody at the provider; there only where one is configured.</summary>
internal static class LinkingEndpoints
{
    private const string Page = "/account";

    /// <summary>Where a provider is configured.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPosts(OpenIdSetup.Linking, Role.Annotator).MapPost("", Change);
        routes.MapGet(OpenIdSetup.LinkStart, Start).RequireAuthorization(Role.Annotator);
        routes.MapGet(OpenIdSetup.LinkArrived, Arrive).RequireAuthorization(Role.Annotator).WithMetadata(new AuditTrail.Told());
    }

    private static async Task<IResult> Change([FromForm] string? change, [FromForm] string? password, [FromForm] string? credential,
        HttpContext context, IServiceProvider services)
    {
        var (linking, account) = (services.GetRequiredService<ProviderLink>(), await Mine(context, services));
        if (change == "unlink")
        {
            await linking.Unlink(context, account, password ?? "", credential ?? "");
            return context.Done("It is unlinked: your password and your passkeys let you in.", Page);
        }
        await linking.Allow(context, account, password ?? "", credential ?? "");
        return LocalAddress.Redirect($"{Page}#provider");
    }

    // A link and no form, as for signing in.
    private static async Task<IResult> Start(HttpContext context, IServiceProvider services)
    {
        var account = await Mine(context, services);
        return services.GetRequiredService<ProviderLink>().Allowed(context, account) is { } mark
            ? await OpenIdWay.Ask(context, OpenIdSetup.LinkArrived, mark)
            : Refuse(context, new LabelerException("Give your password or a passkey first; it counts for five minutes."));
    }

    private static async Task<IResult> Arrive(HttpContext context, IServiceProvider services)
    {
        var person = await OpenIdWay.Arrived(context);
        try
        {
            await services.GetRequiredService<ProviderLink>().Link(context, await Mine(context, services), person);
            return context.Done("It is linked: both ways lead to this account now.", Page);
        }
        catch (LabelerException refused)
        {
            return Refuse(context, refused);
        }
    }

    private static IResult Refuse(HttpContext context, LabelerException why)
    {
        context.TellRefused();
        context.Tell(new(context.RequestServices.GetRequiredService<IStringLocalizer<Texts>>().Of(why), Tone.Bad));
        return LocalAddress.Redirect(Page);
    }

    private static async Task<Account> Mine(HttpContext context, IServiceProvider services) =>
        await services.GetRequiredService<UserManager<Account>>().GetUserAsync(context.User)
            ?? throw new LabelerException("This account is no longer there.");
}
