using System.Text.Json;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Security.Passkeys;

/// <summary>What a browser answers about passkeys, looked at.</summary>
internal static class PasskeyAnswers
{
    public const string Failed = "The passkey did not work. Try again, or sign in by the password.";

    /// <summary>Longer ones are none.</summary>
    public const int LongestCredential = 32 * 1024;

    /// <exception cref="LabelerException">It is none, or not an answer to what this browser was asked last.</exception>
    public static Task<PasskeyAttestationResult> Attested(SignInManager<Account> signIn, string? credential) =>
        Look(credential, signIn.PerformPasskeyAttestationAsync, result => result.Succeeded);

    /// <inheritdoc cref="Attested" />
    public static Task<PasskeyAssertionResult<Account>> Asserted(SignInManager<Account> signIn, string? credential) =>
        Look(credential, signIn.PerformPasskeyAssertionAsync, result => result.Succeeded);

    private static async Task<T> Look<T>(string? credential, Func<string, Task<T>> look, Func<T, bool> isRight)
    {
        LabelerException.ThrowIf(string.IsNullOrEmpty(credential) || credential.Length > LongestCredential, Failed);
        try
        {
            return await look(credential!) is var result && isRight(result) ? result : throw new LabelerException(Failed);
        }
        catch (Exception error) when (error is InvalidOperationException or JsonException or FormatException or PasskeyException)
        {
            // Nothing was asked, or longer ago than is remembered; or it is no answer at all.
            throw new LabelerException(Failed, error);
        }
    }
}
