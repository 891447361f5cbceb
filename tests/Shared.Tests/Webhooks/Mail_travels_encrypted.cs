using System.Security.Cryptography.X509Certificates;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Tests.Support;

namespace Labeler.Shared.Tests.Webhooks;

/// <summary>Mail over TLS, to a server whose authority only the settings know.</summary>
public sealed class Mail_travels_encrypted : IDisposable
{
    private const string Host = "127.0.0.1";
    private readonly TestCertificates _authority = new();
    private readonly string _file = Path.GetTempFileName();

    public Mail_travels_encrypted() => File.WriteAllText(_file, _authority.Pem);

    public void Dispose()
    {
        _authority.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData(MailTls.StartTls)]
    [InlineData(MailTls.Implicit)]
    public async Task A_letter_and_the_secret_go_to_a_server_whose_authority_the_settings_name(MailTls tls)
    {
        using var certificate = _authority.For(Host);
        await using var server = new MailServer(certificate, tls == MailTls.Implicit);
        Assert.Null(await Send(server, tls, _file));
        var letter = Assert.Single(server.Got);
        Assert.True(letter.IsEncrypted);
        Assert.Contains("Subject: a letter", letter.Text, StringComparison.Ordinal);
        // What was said before it was encrypted is no more than that it should be.
        var secret = server.Heard.Single(line => line.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
        Assert.Equal(tls == MailTls.StartTls, server.Heard.TakeWhile(line => line != secret).Contains("STARTTLS"));
    }

    [Fact]
    public async Task A_server_s_own_certificate_is_enough()
    {
        using var certificate = _authority.For(Host);
        await File.WriteAllTextAsync(_file, certificate.ExportCertificatePem() + "\n" + _authority.Pem);
        await using var server = new MailServer(certificate);
        Assert.Null(await Send(server, MailTls.StartTls, _file));
    }

    [Theory]
    [InlineData(MailTls.StartTls)]
    [InlineData(MailTls.Implicit)]
    public async Task A_certificate_of_nobody_whom_the_machine_trusts_is_refused_in_one_line(MailTls tls)
    {
        using var certificate = _authority.For(Host);
        await Refused(certificate, tls, "", "the mail server's certificate is signed by nobody whom this machine trusts: name a file with its authority's certificate as Mail:CertificateFile");
        // Another authority of the same name changes nothing.
        using var another = new TestCertificates();
        await File.WriteAllTextAsync(_file, another.Pem);
        await Refused(certificate, tls, _file, "the mail server's certificate is signed by nobody whom this machine trusts: name a file with its authority's certificate as Mail:CertificateFile");
    }

    [Theory]
    [InlineData(MailTls.StartTls)]
    [InlineData(MailTls.Implicit)]
    public async Task One_that_has_expired_is_refused_in_one_line(MailTls tls)
    {
        using var certificate = _authority.For(Host, days: -1);
        var said = await Refused(certificate, tls, _file, null);
        Assert.StartsWith("the mail server's certificate has expired or is not valid yet: it is good from 20", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MailTls.StartTls)]
    [InlineData(MailTls.Implicit)]
    public async Task One_for_another_name_is_refused_in_one_line(MailTls tls)
    {
        using var certificate = _authority.For("mail.example.org");
        await Refused(certificate, tls, _file, $"the mail server's certificate is not for {Host} (Mail:Host) but for mail.example.org");
    }

    [Fact]
    public async Task A_file_that_holds_no_certificate_is_told_at_the_start()
    {
        foreach (var (text, why) in new[] { ("nothing of the kind", "holds no certificate"), ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read") })
        {
            await File.WriteAllTextAsync(_file, text);
            Assert.Contains($"Mail:CertificateFile in appsettings.json {why}", Assert.Throws<LabelerException>(Options(25, MailTls.StartTls, _file).Check).Message, StringComparison.Ordinal);
        }
        Assert.Contains("cannot be read", Assert.Throws<LabelerException>(Options(25, MailTls.StartTls, "/nowhere.pem").Check).Message, StringComparison.Ordinal);
    }

    private static async Task<string> Refused(X509Certificate2 certificate, MailTls tls, string file, string? why)
    {
        await using var server = new MailServer(certificate, tls == MailTls.Implicit);
        var said = (await Send(server, tls, file))!;
        Assert.Equal(why ?? said, said);
        Assert.DoesNotContain('\n', said);
        Assert.Empty(server.Got);
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("AUTH", StringComparison.Ordinal) || line.StartsWith("MAIL", StringComparison.Ordinal));
        return said;
    }

    private static Task<string?> Send(MailServer server, MailTls tls, string file)
    {
        var options = Options(server.Port, tls, file);
        options.Check();
        return new MailPost(options, TimeProvider.System).Send("lead@example.org", "a letter", "and its text", default);
    }

    private static MailOptions Options(int port, MailTls tls, string file) => new() { Host = Host, Port = port, Tls = tls, User = "labeler", Secret = "of the mail server", From = "labeler@example.org", CertificateFile = file };
}
