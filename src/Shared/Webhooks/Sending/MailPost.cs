using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Labeler.Shared.Webhooks.Sending;

/// <summary>Makes one attempt to hand a letter to the mail server. Whatever the server does, it ends in time.</summary>
public sealed class MailPost(MailOptions options, TimeProvider time)
{
    /// <returns>What came of it, and whether the server took it.</returns>
    public Task<(DeliveryAttempt Attempt, bool Taken)> Send(string mailbox, Delivery delivery, CancellationToken cancel) =>
        Send(() => MailText.Of(delivery, options.From, mailbox), cancel);

    /// <summary>The same with a letter that tells of no event.</summary>
    /// <param name="mailbox">One plain address (<see cref="MailTo.IsMailbox" />).</param>
    /// <returns>Why the server did not take it; null where it did.</returns>
    public async Task<string?> Send(string mailbox, string subject, string text, CancellationToken cancel)
    {
        var (attempt, taken) = await Send(
            () => MailText.Plain(options.From, mailbox, subject, text, $"{Guid.NewGuid()}", time.GetUtcNow()), cancel);
        return taken ? null : attempt.Said ?? "";
    }

    private async Task<(DeliveryAttempt Attempt, bool Taken)> Send(Func<MimeMessage> letter, CancellationToken cancel)
    {
        var (at, began) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        waiting.CancelAfter(options.Patience);
        int? status = null;
        string? said = null;
        var trust = new MailTrust(options);
        try
        {
            LabelerException.ThrowIf(!options.IsOn, "no mail server is set up: Mail in appsettings.json");
            using var message = letter();
            await Hand(message, trust, waiting.Token);
            status = (int)SmtpStatusCode.Ok;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            said = string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Patience.TotalSeconds:0} s");
        }
        catch (SmtpCommandException error)
        {
            (status, said) = ((int)error.StatusCode, error.Message);
        }
        catch (SslHandshakeException error)
        {
            said = trust.Fault ?? error.Message.Split('\n')[0];
        }
        catch (Exception error) when (error is ProtocolException or AuthenticationException or IOException
            or SocketException or NotSupportedException or ServiceNotAuthenticatedException or LabelerException)
        {
            said = error.Message.Split('\n')[0];
        }
        var took = (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return (new DeliveryAttempt(at, status, took, WebhookPost.Short(said)), said is null);
    }

    private async Task Hand(MimeMessage message, MailTrust trust, CancellationToken cancel)
    {
        using var server = new SmtpClient
        {
            ServerCertificateValidationCallback = (_, shown, chain, errors) => trust.IsGood(shown, chain, errors),
        };
        await server.ConnectAsync(options.Host, options.Port, options.Tls switch
        {
            MailTls.Implicit => SecureSocketOptions.SslOnConnect,
            MailTls.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        }, cancel);
        if (options.User.Length > 0)
        {
            await server.AuthenticateAsync(options.User, options.Secret, cancel);
        }
        await server.SendAsync(message, cancel);
        try
        {
            await server.DisconnectAsync(quit: true, cancel);
        }
        catch (Exception error) when (error is ProtocolException or IOException or OperationCanceledException)
        {
            // The letter was taken, however the server says goodbye.
        }
    }
}
