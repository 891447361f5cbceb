using Labeler.Web.Security.OpenId;
using Labeler.Web.Security.Passkeys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Accounts.Linking;

/// <summary>Ties an account that has a password to somebody at the provider, so that both ways lead to it, and unties it. Each needs the
/// password or a passkey first; five minutes are then left for the way to the provider and back.</summary>
internal sealed class ProviderLink(
    SignInManager<Account> signIn, PasswordGate passwords, IDataProtectionProvider protection, IOptions<OpenIdOptions> settings,
    LabelerDb db, TimeProvider time)
{
    private const string Cookie = "linking";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly UserManager<Account> _accounts = signIn.UserManager;

    public async Task<bool> IsLinked(Account account) => await Login(account) is not null;

    /// <summary>Asks for password or passkey again; from then on the way to the provider is open for five minutes.</summary>
    /// <exception cref="LabelerException">Neither is right, or the account is linked already or has no password.</exception>
    public async Task Allow(HttpContext context, Account account, string password, string credential)
    {
        await Confirm(context, account, password, credential);
        LabelerException.ThrowIf(await IsLinked(account), "This account is linked already: unlink it first.");
        context.Response.Cookies.Append(Cookie, Protector.Protect(Mark(account), Lifetime), new CookieOptions
        {
            MaxAge = Lifetime,
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
        });
    }

    /// <summary>What the question to the provider carries along and its answer brings back; null where nothing was allowed.</summary>
    public string? Allowed(HttpContext context, Account account)
    {
        if (context.Request.Cookies[Cookie] is not { } cookie)
        {
            return null;
        }
        try
        {
            return Protector.Unprotect(cookie) is var mark && mark == Mark(account) ? mark : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Too old, or not ours.
            return null;
        }
    }

    /// <summary>Ties the account to whom the provider has sent.</summary>
    /// <exception cref="LabelerException">The answer is not one to this account's question, or belongs to another account.</exception>
    public async Task Link(HttpContext context, Account account, OpenIdPerson? person)
    {
        var name = settings.Value.Name;
        context.Response.Cookies.Delete(Cookie);
        if (person?.LinksTo is not { } asked || asked != Mark(account))
        {
            throw LabelerException.Of($"Linking with {name} did not work. Begin anew.");
        }
        LabelerException.ThrowIf(await IsLinked(account), "This account is linked already: unlink it first.");
        if (await _accounts.FindByLoginAsync(OpenIdSetup.Scheme, person.Key) is not null)
        {
            throw LabelerException.Of($"Whoever you are at {name} has another account here already. Nothing was linked.");
        }
        Registration.Require(await _accounts.AddLoginAsync(account, new(OpenIdSetup.Scheme, person.Key, name)));
    }

    /// <exception cref="LabelerException">Nothing else would let the person in, or neither password nor passkey is right.</exception>
    public async Task Unlink(HttpContext context, Account account, string password, string credential)
    {
        await Confirm(context, account, password, credential);
        var login = await Login(account) ?? throw new LabelerException("This account is not linked.");
        // It ends the sessions of other devices, those among them that began at the provider; this one goes on.
        Registration.Require(await _accounts.RemoveLoginAsync(account, login.LoginProvider, login.ProviderKey));
        await Session.EndAll(db, account.Id, time.GetUtcNow(), context.User.SessionId());
        await signIn.RefreshSignInAsync(account);
    }

    private ITimeLimitedDataProtector Protector => protection.CreateProtector("linking").ToTimeLimitedDataProtector();

    // A new password, and signing out everywhere, end it.
    private static string Mark(Account account) => $"{account.Id} {account.SecurityStamp}";

    private async Task<UserLoginInfo?> Login(Account account) =>
        (await _accounts.GetLoginsAsync(account)).FirstOrDefault(login => login.LoginProvider == OpenIdSetup.Scheme);

    private async Task Confirm(HttpContext context, Account account, string password, string credential)
    {
        LabelerException.ThrowIf(account.PasswordHash is null, "This account has no password: nothing else would let you in.");
        if (credential.Length == 0)
        {
            await passwords.Require(context, account, password);
            return;
        }
        var found = await PasskeyAnswers.Asserted(signIn, credential);
        // A counter that did not grow was refused; the present one is kept.
        LabelerException.ThrowIf(found.User!.Id != account.Id
            || !(await _accounts.AddOrUpdatePasskeyAsync(account, found.Passkey!)).Succeeded, PasskeyAnswers.Failed);
    }
}
