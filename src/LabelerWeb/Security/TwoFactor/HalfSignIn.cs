using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Security.TwoFactor;

/// <summary>Between the right password and the right code: a cookie says for five minutes whose code is awaited. It opens nothing, and ends
/// when the password changes.</summary>
/// <param name="ReturnUrl">Where to go afterwards.</param>
internal sealed record HalfSignIn(Account Account, bool Remember, string ReturnUrl)
{
    private const string Stamp = "stamp", Kept = "remember", Return = "return";

    public Task Begin(HttpContext context)
    {
        var who = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, Account.Id.ToString())], IdentityConstants.TwoFactorUserIdScheme);
        var properties = new AuthenticationProperties(new Dictionary<string, string?>
        {
            [Stamp] = Account.SecurityStamp,
            [Kept] = Remember ? Kept : null,
            [Return] = ReturnUrl,
        });
        return context.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new(who), properties);
    }

    /// <summary>Null where nobody is between the two.</summary>
    public static async Task<HalfSignIn?> Read(HttpContext context, UserManager<Account> accounts)
    {
        if (await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme) is not { Principal: { } who, Properties: { } kept }
            || kept.GetString(Stamp) is not { } stamp
            || await accounts.FindByIdAsync(who.AccountId().ToString()) is not { } account || account.SecurityStamp != stamp)
        {
            return null;
        }
        return new(account, kept.GetString(Kept) is not null, kept.GetString(Return) ?? "/");
    }

    public static Task End(HttpContext context) => context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
}
