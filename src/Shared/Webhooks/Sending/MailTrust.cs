using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Labeler.Shared.Webhooks.Sending;

/// <summary>Whether a server that takes mail is the one that was asked for: by what the machine trusts, or by the authorities that the
/// settings name.</summary>
internal sealed class MailTrust(MailOptions options)
{
    /// <summary>Why the server's certificate was not trusted, in one line; null where it was, or none was shown yet.</summary>
    public string? Fault { get; private set; }

    /// <summary>The certificates of a file in PEM.</summary>
    /// <exception cref="LabelerException">It cannot be read, or holds none.</exception>
    public static X509Certificate2Collection Read(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new LabelerException($"Mail:CertificateFile in appsettings.json cannot be read: {error.Message}", error);
        }
        LabelerException.ThrowIf(certificates.Count == 0, "Mail:CertificateFile in appsettings.json holds no certificate in PEM.");
        return certificates;
    }

    public bool IsGood(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        Fault = errors == SslPolicyErrors.None ? null : Why(shown as X509Certificate2, chain, errors);
        return Fault is null;
    }

    private string? Why(X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null)
        {
            return "the mail server showed no certificate";
        }
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"the mail server's certificate is not for {options.Host} (Mail:Host) but for {Names(shown)}";
        }
        return Faults(shown, chain) switch
        {
            X509ChainStatusFlags.NoError => null,
            var faults when faults.HasFlag(X509ChainStatusFlags.NotTimeValid) => string.Create(CultureInfo.InvariantCulture,
                $"the mail server's certificate has expired or is not valid yet: it is good from {shown.NotBefore:yyyy-MM-dd HH:mm} "
                + $"to {shown.NotAfter:yyyy-MM-dd HH:mm}"),
            var faults when faults.HasFlag(X509ChainStatusFlags.Revoked) => "the mail server's certificate was revoked",
            X509ChainStatusFlags.RevocationStatusUnknown or X509ChainStatusFlags.OfflineRevocation
                or (X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation) =>
                "nobody could be asked whether the mail server's certificate was revoked",
            _ => "the mail server's certificate is signed by nobody whom this machine trusts: name a file with its authority's "
                + "certificate as Mail:CertificateFile",
        };
    }

    // The authorities of the settings are enough; theirs need not be asked over a network what was revoked.
    private X509ChainStatusFlags Faults(X509Certificate2 shown, X509Chain? chain)
    {
        var ofMachine = Sum(chain);
        if (options.CertificateFile.Length == 0)
        {
            return ofMachine;
        }
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.CustomTrustStore.AddRange(Read(options.CertificateFile));
        own.ChainPolicy.ExtraStore.AddRange(chain?.ChainPolicy.ExtraStore ?? []);
        return own.Build(shown) ? X509ChainStatusFlags.NoError : Sum(own);
    }

    private static X509ChainStatusFlags Sum(X509Chain? chain) =>
        (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (sum, one) => sum | one.Status) is var sum
            && sum == X509ChainStatusFlags.NoError ? X509ChainStatusFlags.PartialChain : sum;

    private static string Names(X509Certificate2 shown)
    {
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => $"{address}"))).Take(5);
        return string.Join(", ", names) is { Length: > 0 } all ? all : shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }
}
