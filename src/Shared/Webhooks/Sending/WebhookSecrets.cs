using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Labeler.Shared.Webhooks.Sending;

/// <summary>
/// What messages are signed with, as "Standard Webhooks" has it: HMAC-SHA256 over id, time and body with points between. Secrets are kept
/// encrypted with the data folder's keys, as the program itself must sign with them.
/// </summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    /// <summary>Every secret begins so; what follows is base64 of its bytes.</summary>
    public const string Prefix = "whsec_";

    private const int Bytes = 32;

    private readonly IDataProtector _protector = protection.CreateProtector("webhook secrets");

    /// <summary>A new secret, as it is shown once and as it is stored.</summary>
    public (string Shown, string Protected) Make()
    {
        var shown = Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));
        return (shown, _protector.Protect(shown));
    }

    /// <exception cref="LabelerException">It was encrypted with keys that this data folder does not have.</exception>
    public string Open(string protectedSecret)
    {
        try
        {
            return _protector.Unprotect(protectedSecret);
        }
        catch (CryptographicException error)
        {
            throw new LabelerException("The webhook's secret cannot be opened with the keys of this data folder: make a new one.", error);
        }
    }

    /// <summary>The header <c>webhook-signature</c>.</summary>
    public static string Sign(string secret, Guid id, DateTimeOffset at, string body)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.{body}");
        var hash = HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), Encoding.UTF8.GetBytes(signed));
        return $"v1,{Convert.ToBase64String(hash)}";
    }
}
