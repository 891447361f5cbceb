using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Accounts;

/// <summary>Keeps somebody's language: with the account where they are signed in, and in this browser.</summary>
public static class LanguageEndpoint
{
    public static IEndpointRouteBuilder MapLanguage(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/language", async ([FromForm] string? language, [FromForm] string? back, HttpContext context,
            SignInManager<Account> signIn) =>
        {
            if (Language.Find(language) is not { } chosen)
            {
                return Results.BadRequest();
            }
            if (await signIn.UserManager.GetUserAsync(context.User) is { } mine)
            {
                await Keep(signIn, mine, chosen);
            }
            chosen.Write(context);
            return LocalAddress.Redirect(back);
        }).AllowAnonymous();
        return routes;
    }

    /// <summary>The cookie of who is signed in says it too, from the next answer on.</summary>
    public static async Task Keep(SignInManager<Account> signIn, Account account, Language chosen)
    {
        var accounts = signIn.UserManager;
        var claim = new Claim(Language.Claim, chosen.Name);
        var before = (await accounts.GetClaimsAsync(account)).Where(one => one.Type == Language.Claim).ToList();
        if (before is [var only])
        {
            Registration.Require(await accounts.ReplaceClaimAsync(account, only, claim));
        }
        else
        {
            Registration.Require(await accounts.RemoveClaimsAsync(account, before));
            Registration.Require(await accounts.AddClaimAsync(account, claim));
        }
        await signIn.RefreshSignInAsync(account);
    }
}
