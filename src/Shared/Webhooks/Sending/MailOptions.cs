using Microsoft.Extensions.Configuration;

namespace Labeler.Shared.Webhooks.Sending;

/// <summary>How a connection to the mail server is kept from being read.</summary>
public enum MailTls
{
    /// <summary>It begins plain and is encrypted before anything is said; refused where the server cannot. Usual on port 587.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte. Usual on port 465.</summary>
    Implicit,

    /// <summary>Plain, for a server on the same machine; without a user.</summary>
    None,
}

/// <summary>The server that takes mail. The section <c>Mail</c> of appsettings.json; without a host no mail is sent.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>What whoever wants mail is told while none can be sent.</summary>
    public const string Missing = "No mail server is set up yet: an admin does so in appsettings.json, section Mail.";

    public string Host { get; set; } = "";
    public int Port { get; set; } = 587;
    public MailTls Tls { get; set; } = MailTls.StartTls;

    /// <summary>A file of certificates in PEM: an authority that the machine does not know, or the server's own. Empty for what the
    /// machine trusts.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>Empty where the server asks for none.</summary>
    public string User { get; set; } = "";
    public string Secret { get; set; } = "";

    /// <summary>The address that mail comes from.</summary>
    public string From { get; set; } = "";

    /// <summary>How long one letter may take; well below <see cref="Delivery.Lease"/>, so that nobody else sends the same
    /// meanwhile.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    public bool IsOn => Host.Length > 0;

    /// <exception cref="LabelerException">A setting cannot be used.</exception>
    public static MailOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<MailOptions>() ?? new();
        options.Check();
        return options;
    }

    internal void Check()
    {
        if (!IsOn)
        {
            return;
        }
        LabelerException.ThrowIf(
            !MailTo.IsMailbox(From), "Mail:From in appsettings.json is the address that mail comes from, such as labeler@example.org.");
        LabelerException.ThrowIf(Port is < 1 or > 65535, "Mail:Port in appsettings.json is between 1 and 65535.");
        LabelerException.ThrowIf(Patience <= TimeSpan.Zero || Patience > Delivery.Lease - TimeSpan.FromSeconds(5),
            "Mail:Patience in appsettings.json is more than 0 and at most 25 seconds, such as 00:00:20.");
        if (CertificateFile.Length > 0)
        {
            MailTrust.Read(CertificateFile);
        }
        LabelerException.ThrowIf(Tls == MailTls.None && User.Length > 0,
            "Mail:User in appsettings.json needs Mail:Tls to be StartTls or Implicit: else its secret could be read on the way.");
    }
}
