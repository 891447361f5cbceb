using Labeler.Web.Security.Passkeys;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Accounts.Passkeys;

public static class PasskeyEndpoints
{
    private const string Page = "/account/passkeys";

    public static IServiceCollection AddPasskeys(this IServiceCollection services)
    {
        PasskeyGate.Add(services);
        return services.AddScoped<OwnPasskeys>();
    }

    public static IEndpointRouteBuilder MapPasskeys(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapPosts(Page, Role.Annotator);
        own.MapPost("/options", async (HttpContext context, UserManager<Account> accounts, IServiceProvider services) =>
            Results.Content(await services.GetRequiredService<OwnPasskeys>().Options(await Mine(context, accounts)), "application/json"))
            .WithMetadata(new AuditTrail.Untold());
        own.MapPost("/add", async ([FromForm] string? name, [FromForm] string? password, [FromForm] string? credential,
            HttpContext context, UserManager<Account> accounts, IServiceProvider services) =>
        {
            await services.GetRequiredService<OwnPasskeys>().Add(
                context, await Mine(context, accounts), name ?? "", password ?? "", credential ?? "");
            return context.Done("The passkey is kept: you can sign in by it.", Page);
        });
        own.MapPost("/remove", async (
            [FromForm] string? id, HttpContext context, UserManager<Account> accounts, IServiceProvider services) =>
        {
            await services.GetRequiredService<OwnPasskeys>().Remove(await Mine(context, accounts), id ?? "");
            return context.Done("The passkey is removed: nobody signs in by it.", Page);
        });
        routes.MapPost("/sign-in/passkey/options", async (IServiceProvider services) =>
            Results.Content(await services.GetRequiredService<PasskeyGate>().Options(), "application/json"))
            .AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithMetadata(new AuditTrail.Untold());
        routes.MapPost("/sign-in/passkey", Enter).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        return routes;
    }

    private static async Task<IResult> Enter(
        [FromForm] string? credential, [FromForm] string? returnUrl, HttpContext context, IServiceProvider services)
    {
        try
        {
            var account = await services.GetRequiredService<PasskeyGate>().SignIn(context, credential);
            ThemeCookie.Write(context, account.Theme);
            return LocalAddress.Redirect(returnUrl);
        }
        catch (LabelerException refused)
        {
            context.TellRefused();
            context.Tell(new(Texts.Of(refused.Message), Tone.Bad));
            return LocalAddress.Redirect("/sign-in");
        }
    }

    private static async Task<Account> Mine(HttpContext context, UserManager<Account> accounts) =>
        await accounts.GetUserAsync(context.User) ?? throw new LabelerException("This account is no longer there.");
}
