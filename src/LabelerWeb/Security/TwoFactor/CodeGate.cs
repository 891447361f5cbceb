using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Security.TwoFactor;

/// <summary>Where a code is asked for, after the password: one of the authenticator app, or a recovery code. Wrong ones cost time as wrong
/// passwords do, and count with them.</summary>
internal sealed class CodeGate(SignInManager<Account> signIn, PasswordGate passwords, TimeProvider time)
{
    public const string Wrong = "This code is wrong, or it was used already. Wait for the next one.";
    public const string TooLate = "The password was given too long ago: sign in again.";
    public const int LongestCode = 40;

    private const string Spent = "spent";
    private const int Digits = 6;

    // The framework takes codes of two steps before and after the present one, each of half a minute.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(4);

    private readonly UserManager<Account> _accounts = signIn.UserManager;

    /// <summary>Who is awaited, and where they want to go.</summary>
    public Task<HalfSignIn?> Awaited(HttpContext context) => HalfSignIn.Read(context, _accounts);

    /// <summary>Signs in whose password was right.</summary>
    /// <exception cref="LabelerException">The code is wrong or used, nobody's is awaited, or too many were wrong.</exception>
    public async Task<HalfSignIn> SignIn(HttpContext context, string code)
    {
        var half = await Awaited(context) ?? throw new LabelerException(TooLate);
        var account = half.Account;
        context.TellWho(account.Id);
        await Require(context, account, code);
        if (await _accounts.IsLockedOutAsync(account))
        {
            throw new LabelerException(Wrong);
        }
        await HalfSignIn.End(context);
        await signIn.SignInAsync(account, half.Remember, "mfa");
        return half;
    }

    /// <exception cref="LabelerException">The code is wrong or used, or too many were wrong.</exception>
    public async Task Require(HttpContext context, Account account, string code)
    {
        var attempt = await passwords.Begin(context, account.UserName!, account, isCode: true);
        var plain = string.Concat(code.Where(char.IsLetterOrDigit));
        var isRight = plain.Length == Digits && plain.All(char.IsAsciiDigit)
            ? await Spend(account, plain)
            : account.TwoFactorEnabled && (await _accounts.RedeemTwoFactorRecoveryCodeAsync(account, plain)).Succeeded;
        LabelerException.ThrowIf(!isRight, Wrong);
        await passwords.Succeed(attempt);
    }

    // Of two who bring the same code at once, the second finds that the account has changed.
    private async Task<bool> Spend(Account account, string code)
    {
        if (!await _accounts.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, code))
        {
            return false;
        }
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var spent = (await _accounts.GetAuthenticationTokenAsync(account, AccountStore.Provider, Spent) ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(one => now - long.Parse(one.Split(':')[1], CultureInfo.InvariantCulture) < Remembered.TotalSeconds).ToList();
        if (spent.Exists(one => one.StartsWith(code, StringComparison.Ordinal)))
        {
            return false;
        }
        try
        {
            var all = string.Join(' ', spent.Append(string.Create(CultureInfo.InvariantCulture, $"{code}:{now}")));
            return (await _accounts.SetAuthenticationTokenAsync(account, AccountStore.Provider, Spent, all)).Succeeded;
        }
        catch (DbUpdateException)
        {
            return false;
        }
    }
}
