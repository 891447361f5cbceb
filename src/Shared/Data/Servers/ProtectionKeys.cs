using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Data.Servers;

/// <summary>The keys by which what one process of an installation has protected is read by every other.</summary>
public static class ProtectionKeys
{
    /// <summary>Settings <c>Keys:Certificate</c> and <c>Keys:Password</c>: a PKCS #12 file with an RSA key that new keys are encrypted
    /// with, and its password. Every process needs the same.</summary>
    public const string Section = "Keys";

    /// <exception cref="LabelerException">The certificate cannot be used.</exception>
    internal static void AddProtectionKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var keys = services.AddDataProtection().SetApplicationName("Labeler").PersistKeysToDbContext<LabelerDb>();
        if (configuration[$"{Section}:Certificate"] is { Length: > 0 } path)
        {
            keys.ProtectKeysWithCertificate(Load(path, configuration[$"{Section}:Password"]));
        }
    }

    /// <summary>Makes the first key where there is none. Two servers that each made one would not know the other's for a day: call it
    /// alone.</summary>
    public static void MakeFirst(IKeyManager keys, TimeProvider time)
    {
        if (keys.GetAllKeys().Count == 0)
        {
            keys.CreateNewKey(time.GetUtcNow(), time.GetUtcNow() + TimeSpan.FromDays(90));
        }
    }

    private static X509Certificate2 Load(string path, string? password)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(path, password);
            return certificate.GetRSAPrivateKey() is null
                ? throw new LabelerException($"Keys:Certificate: {path} holds no RSA key; name a PKCS #12 file (.pfx) with one")
                : certificate;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new LabelerException(
                $"Keys:Certificate: {path} cannot be read ({error.Message.TrimEnd('.')}); name a PKCS #12 file (.pfx), and its password "
                    + "with Keys:Password", error);
        }
    }
}
