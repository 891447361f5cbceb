using System.Buffers.Text;
using Labeler.Web.Security.Passkeys;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Features.Accounts.Passkeys;

/// <summary>Passkeys of an account with a password: made by a device, named by the person, and good for signing in without either a
/// password or a code.</summary>
internal sealed class OwnPasskeys(SignInManager<Account> signIn, PasswordGate passwords)
{
    public const int Most = 20;
    public const int LongestName = 60;

    private readonly UserManager<Account> _accounts = signIn.UserManager;

    public async Task<IReadOnlyList<UserPasskeyInfo>> Of(Account account) =>
        [.. (await _accounts.GetPasskeysAsync(account)).OrderByDescending(passkey => passkey.CreatedAt)];

    /// <summary>How a passkey is named in forms.</summary>
    public static string Id(UserPasskeyInfo passkey) => Base64Url.EncodeToString(passkey.CredentialId);

    /// <summary>What the browser's own call is given, as JSON.</summary>
    public Task<string> Options(Account account) => signIn.MakePasskeyCreationOptionsAsync(new()
    {
        Id = account.Id.ToString(),
        Name = account.UserName!,
        DisplayName = account.DisplayName,
    });

    /// <exception cref="LabelerException">The password is wrong, or the browser's answer is not one to what this account asked.</exception>
    public async Task Add(HttpContext context, Account account, string name, string password, string credential)
    {
        LabelerException.ThrowIf(account.PasswordHash is null, "You sign in at a provider, which looks after passkeys.");
        LabelerException.ThrowIf(name.Trim().Length is 0 or > LongestName, "A passkey has a name of 1 to 60 characters.");
        var isFull = (await _accounts.GetPasskeysAsync(account)).Count >= Most;
        LabelerException.ThrowIf(isFull, "There are 20 passkeys already: remove one first.");
        await passwords.Require(context, account, password);
        var made = await PasskeyAnswers.Attested(signIn, credential);
        LabelerException.ThrowIf(made.UserEntity?.Id != account.Id.ToString(), PasskeyAnswers.Failed);
        made.Passkey!.Name = name.Trim();
        Registration.Require(await _accounts.AddOrUpdatePasskeyAsync(account, made.Passkey));
    }

    /// <exception cref="LabelerException">There is no such passkey of this account.</exception>
    public async Task Remove(Account account, string id)
    {
        var passkey = (await _accounts.GetPasskeysAsync(account)).FirstOrDefault(one => Id(one) == id)
            ?? throw new LabelerException("There is no such passkey any more; load the page again.");
        Registration.Require(await _accounts.RemovePasskeyAsync(account, passkey.CredentialId));
    }
}
