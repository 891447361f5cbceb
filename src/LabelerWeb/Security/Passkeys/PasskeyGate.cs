using Labeler.Web.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security.Passkeys;

/// <summary>Signing in by a passkey: the device has asked for a finger, a face or a number of its own, so that it stands for password and
/// second factor.</summary>
internal sealed class PasskeyGate(SignInManager<Account> signIn)
{
    /// <summary>Of sessions that were begun so.</summary>
    public const string Method = "passkey";

    public static void Add(IServiceCollection services) => services.AddScoped<PasskeyGate>()
        .AddOptions<IdentityPasskeyOptions>().Configure<IOptions<WebOptions>>((passkeys, web) =>
        {
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
            passkeys.ServerDomain = web.Value.PublicAddress is { } address ? new Uri(address).Host : null;
        });

    /// <summary>What the browser's own call is given, as JSON: for any account, so that nobody learns which there are.</summary>
    public Task<string> Options() => signIn.MakePasskeyRequestOptionsAsync(null);

    /// <exception cref="LabelerException">The passkey is nobody's here, its answer is not good, or the account is disabled.</exception>
    public async Task<Account> SignIn(HttpContext context, string? credential)
    {
        var found = await PasskeyAnswers.Asserted(signIn, credential);
        var account = found.User!;
        context.TellWho(account.Id);
        // A counter that did not grow was refused; the present one is kept.
        if (await signIn.UserManager.IsLockedOutAsync(account) || account.PasswordHash is null
            || !(await signIn.UserManager.AddOrUpdatePasskeyAsync(account, found.Passkey!)).Succeeded)
        {
            throw new LabelerException(PasskeyAnswers.Failed);
        }
        await signIn.SignInAsync(account, isPersistent: false, Method);
        return account;
    }
}
