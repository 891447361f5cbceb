using Labeler.Web.Security.TwoFactor;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Accounts.TwoFactor;

/// <summary>Setting an authenticator app up for an account with a password, and taking it away.</summary>
internal sealed class SecondFactor(
    SignInManager<Account> signIn, IUserStore<Account> store, CodeGate codes, PasswordGate passwords, LabelerDb db, TimeProvider time,
    IOptions<SignInRules> rules)
{
    public const int RecoveryCodes = 10;

    private readonly UserManager<Account> _accounts = signIn.UserManager;

    /// <summary>A new key, which counts for nothing until a code of it is given.</summary>
    /// <exception cref="LabelerException">There is one already, or the account has no password to which it could be second.</exception>
    public async Task Begin(Account account)
    {
        LabelerException.ThrowIf(account.TwoFactorEnabled, "The second factor is on already.");
        LabelerException.ThrowIf(account.PasswordHash is null, "You sign in at a provider, which looks after a second factor.");
        await ((IUserAuthenticatorKeyStore<Account>)store).SetAuthenticatorKeyAsync(
            account, _accounts.GenerateNewAuthenticatorKey(), CancellationToken.None);
        Registration.Require(await _accounts.UpdateAsync(account));
    }

    /// <summary>The key as it is typed into an app; null where none was made.</summary>
    public Task<string?> Key(Account account) => _accounts.GetAuthenticatorKeyAsync(account);

    /// <summary>From now on a code is asked for; other devices are signed out. Returns the recovery codes, which are shown once.</summary>
    /// <exception cref="LabelerException">The code is wrong.</exception>
    public async Task<IReadOnlyList<string>> TurnOn(HttpContext context, Account account, string code)
    {
        LabelerException.ThrowIf(account.TwoFactorEnabled, "The second factor is on already.");
        await codes.Require(context, account, code);
        Registration.Require(await _accounts.SetTwoFactorEnabledAsync(account, true));
        var shown = await Codes(account);
        await Continue(context, account);
        return shown;
    }

    /// <exception cref="LabelerException">The password is wrong, or the account's role needs a second factor.</exception>
    public async Task TurnOff(HttpContext context, Account account, string password)
    {
        LabelerException.ThrowIf(rules.Value.Need(context.User.HighestRole()), "Here your role needs a second factor.");
        await passwords.Require(context, account, password);
        await Remove(account);
        await Continue(context, account);
    }

    /// <summary>Other recovery codes in the place of those before.</summary>
    /// <exception cref="LabelerException">The password is wrong, or there is no second factor.</exception>
    public async Task<IReadOnlyList<string>> NewCodes(HttpContext context, Account account, string password)
    {
        LabelerException.ThrowIf(!account.TwoFactorEnabled, "The second factor is off.");
        await passwords.Require(context, account, password);
        return await Codes(account);
    }

    public Task<int> CodesLeft(Account account) => _accounts.CountRecoveryCodesAsync(account);

    /// <summary>Takes the second factor away, so that the password alone lets in.</summary>
    public async Task Remove(Account account)
    {
        Registration.Require(await _accounts.SetTwoFactorEnabledAsync(account, false));
        await db.UserTokens.Where(token => token.UserId == account.Id && token.LoginProvider == AccountStore.Provider).ExecuteDeleteAsync();
    }

    private async Task<IReadOnlyList<string>> Codes(Account account) =>
        [.. await _accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes) ?? []];

    // This device goes on, by what the account is now.
    private async Task Continue(HttpContext context, Account account)
    {
        await Session.EndAll(db, account.Id, time.GetUtcNow(), context.User.SessionId());
        await signIn.RefreshSignInAsync(account);
    }
}
