using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security.TwoFactor;

/// <summary>Accounts in the database. Keys of authenticator apps are encrypted there with the installation's keys, and recovery codes
/// hashed as passwords are.</summary>
internal sealed class AccountStore(LabelerDb db, IDataProtectionProvider protection, IOptions<PasswordHasherOptions> hashing)
    : UserStore<Account, IdentityRole<Guid>, LabelerDb, Guid>(db)
{
    /// <summary>Of the tokens that belong to a second factor.</summary>
    public const string Provider = "second factor";

    private const string Key = "key", Codes = "recovery codes";

    private readonly IDataProtector _protector = protection.CreateProtector("authenticator keys");

    public override Task SetAuthenticatorKeyAsync(Account user, string key, CancellationToken cancellationToken) =>
        SetTokenAsync(user, Provider, Key, _protector.Protect(key), cancellationToken);

    /// <summary>Null where there is none, or it was encrypted with keys that this installation does not have.</summary>
    public override async Task<string?> GetAuthenticatorKeyAsync(Account user, CancellationToken cancellationToken)
    {
        try
        {
            return await GetTokenAsync(user, Provider, Key, cancellationToken) is { } kept ? _protector.Unprotect(kept) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public override Task ReplaceCodesAsync(Account user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        Keep(user, recoveryCodes.Select(code => Hash(user, code)), cancellationToken);

    public override async Task<bool> RedeemCodeAsync(Account user, string code, CancellationToken cancellationToken)
    {
        var (hash, kept) = (Hash(user, code), await Kept(user, cancellationToken));
        if (!kept.Contains(hash))
        {
            return false;
        }
        await Keep(user, kept.Where(one => one != hash), cancellationToken);
        return true;
    }

    public override async Task<int> CountCodesAsync(Account user, CancellationToken cancellationToken) =>
        (await Kept(user, cancellationToken)).Length;

    private async Task<string[]> Kept(Account account, CancellationToken cancel) =>
        (await GetTokenAsync(account, Provider, Codes, cancel) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private Task Keep(Account account, IEnumerable<string> hashes, CancellationToken cancel) =>
        SetTokenAsync(account, Provider, Codes, string.Join(' ', hashes), cancel);

    // One salt for the codes of an account, so that looking for one among them is one hash. How they are typed does not matter.
    private string Hash(Account account, string code) => Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes(string.Concat(code.Where(char.IsLetterOrDigit)).ToUpperInvariant()), account.Id.ToByteArray(),
        hashing.Value.IterationCount, HashAlgorithmName.SHA256, 32));
}
