using Labeler.Web.Security.TwoFactor;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Security;

/// <summary>Where a password is asked for. A wrong one, an unknown name and a disabled account get one answer, after the same
/// work.</summary>
internal sealed class PasswordGate(SignInManager<Account> signIn, FailedSignIns failures, DecoyPassword decoy)
{
    public const string Wrong = "Name or password is wrong.";

    private readonly UserManager<Account> _accounts = signIn.UserManager;

    /// <summary>The account, signed in, unless a code is awaited first: <see cref="CodeGate" /> then signs it in.</summary>
    /// <param name="returnUrl">Where the person wants to go then.</param>
    /// <exception cref="LabelerException">It was not let in; says no more than everybody may know.</exception>
    public async Task<(Account Account, bool AwaitsCode)> SignIn(
        HttpContext context, string name, string password, bool remember, string returnUrl)
    {
        var account = await _accounts.FindByNameAsync(name.Trim());
        var attempt = await Begin(context, name, account);
        // Whatever the account, one hash is computed.
        var isRight = account?.PasswordHash is null
            ? decoy.Refuse(_accounts.PasswordHasher, password)
            : await _accounts.CheckPasswordAsync(account, password);
        if (!isRight || await _accounts.IsLockedOutAsync(account!))
        {
            throw new LabelerException(Wrong);
        }
        if (account!.TwoFactorEnabled)
        {
            // Who guesses codes begins with the right password each time: what was counted before goes on counting.
            await failures.TakeBack(attempt);
            context.TellWho(account.Id);
            await new HalfSignIn(account, remember, returnUrl).Begin(context);
            return (account, true);
        }
        await failures.Succeed(attempt);
        await signIn.SignInAsync(account, remember);
        return (account, false);
    }

    /// <summary>Asks for the present password before something grave; a wrong one counts like one at signing in.</summary>
    /// <exception cref="LabelerException">It is wrong, or there were too many wrong ones.</exception>
    public async Task Require(HttpContext context, Account account, string password)
    {
        var attempt = await Begin(context, account.UserName!, account);
        LabelerException.ThrowIf(!await _accounts.CheckPasswordAsync(account, password), "The present password is wrong.");
        await Succeed(attempt);
    }

    /// <summary>A wrong present password counts like one at signing in.</summary>
    /// <exception cref="LabelerException">There were too many wrong ones.</exception>
    public async Task<IdentityResult> ChangePassword(HttpContext context, Account account, string present, string chosen)
    {
        var attempt = await Begin(context, account.UserName!, account);
        var result = await _accounts.ChangePasswordAsync(account, present, chosen);
        if (!result.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch)))
        {
            await failures.Succeed(attempt);
        }
        return result;
    }

    /// <summary>It was right: this place begins anew.</summary>
    public Task Succeed(PasswordTry attempt) => failures.Succeed(attempt);

    /// <summary>A try for an account's password or code, which counts as wrong until it is said to have succeeded.</summary>
    /// <param name="isCode">What is told to whom there were too many of.</param>
    /// <exception cref="LabelerException">There were too many wrong ones.</exception>
    public async Task<PasswordTry> Begin(HttpContext context, string name, Account? account, bool isCode = false)
    {
        var device = account is null ? null : KnownDevice.Of(context, account);
        var attempt = PasswordTry.Of(_accounts.NormalizeName(name.Trim()), device, context.Connection.RemoteIpAddress);
        var wait = await failures.Begin(attempt);
        if (wait > TimeSpan.Zero)
        {
            var seconds = Math.Ceiling(wait.TotalSeconds);
            throw isCode ? LabelerException.Of($"Too many wrong codes. Wait {seconds:0} seconds, then try again.")
                : LabelerException.Of($"Too many wrong passwords. Wait {seconds:0} seconds, then try again.");
        }
        return attempt;
    }
}

/// <summary>A password that nobody has, to be compared with where there is no account's.</summary>
internal sealed class DecoyPassword
{
    private string? _hash;

    /// <summary>False, after the work of looking.</summary>
    public bool Refuse(IPasswordHasher<Account> hasher, string password)
    {
        hasher.VerifyHashedPassword(null!, _hash ??= hasher.HashPassword(null!, Guid.NewGuid().ToString()), password);
        return false;
    }
}
