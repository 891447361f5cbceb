using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Labeler.Tests.Support;

/// <summary>A mail server on this machine (RFC 5321). It takes every letter, unless a test has it answer otherwise.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Letter> _got = new();
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly X509Certificate2? _certificate;
    private readonly bool _isImplicit;
    private readonly Task _serving;

    /// <param name="certificate">With it the server encrypts when it is asked to; null for one that cannot.</param>
    /// <param name="isImplicit">Encrypts from the first byte.</param>
    public MailServer(X509Certificate2? certificate = null, bool isImplicit = false)
    {
        (_certificate, _isImplicit) = (certificate, isImplicit);
        _listener.Start();
        _serving = Connections.Serve(_listener, Talk, _end.Token);
    }

    /// <param name="To">As the envelope says.</param>
    /// <param name="Text">Headers and body, as they came.</param>
    /// <param name="IsEncrypted">Nobody on the way could read it.</param>
    public sealed record Letter(string From, string To, string Text, bool IsEncrypted);

    /// <summary>Takes the place of the answer to a command (its first word, or "." for the end of a letter); null for the usual one.
    /// An answer of no characters is none at all.</summary>
    public Func<string, string?> Answers { get; set; } = _ => null;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<Letter> Got => [.. _got];

    /// <summary>The commands of all connections.</summary>
    public IReadOnlyList<string> Heard => [.. _heard];

    /// <summary>Takes no further connection.</summary>
    public void Stop() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _end.Dispose();
    }

    private async Task Talk(TcpClient client)
    {
        using var connection = client;
        try
        {
            Stream stream = client.GetStream();
            var (isEncrypted, reader, writer) = (false, Reader(stream), Writer(stream));
            async Task Encrypt()
            {
                var encrypted = new SslStream(stream);
                await encrypted.AuthenticateAsServerAsync(_certificate!);
                (isEncrypted, reader, writer) = (true, Reader(encrypted), Writer(encrypted));
            }
            async Task Say(string command, string usual)
            {
                if ((Answers(command) ?? usual) is { Length: > 0 } answer)
                {
                    await writer.WriteLineAsync(answer);
                }
            }
            if (_isImplicit)
            {
                await Encrypt();
            }
            var (from, to) = ("", "");
            await Say("", "220 here");
            while (await reader.ReadLineAsync(_end.Token) is { } line)
            {
                _heard.Enqueue(line);
                var command = line.Split(' ')[0].ToUpperInvariant();
                switch (command)
                {
                    case "MAIL":
                        from = line;
                        await Say(command, "250 ok");
                        break;
                    case "RCPT":
                        to = line;
                        await Say(command, "250 ok");
                        break;
                    case "DATA":
                        await Say(command, "354 go on");
                        var text = new StringBuilder();
                        while (await reader.ReadLineAsync(_end.Token) is { } part && part != ".")
                        {
                            text.AppendLine(part);
                        }
                        _got.Enqueue(new(from, to, text.ToString(), isEncrypted));
                        await Say(".", "250 taken");
                        break;
                    case "QUIT":
                        await Say(command, "221 goodbye");
                        return;
                    case "EHLO" when _certificate is not null:
                        await Say(command, isEncrypted ? "250-here\r\n250 AUTH PLAIN" : "250-here\r\n250 STARTTLS");
                        break;
                    case "STARTTLS" when _certificate is not null:
                        await Say(command, "220 go on");
                        await Encrypt();
                        break;
                    case "AUTH":
                        await Say(command, "235 come in");
                        break;
                    default:
                        await Say(command, "250 here");
                        break;
                }
            }
        }
        catch (Exception error) when (Connections.IsOver(error) || error is AuthenticationException)
        {
            // The other side has gone, or the test ends.
        }
    }

    private static StreamReader Reader(Stream stream) => new(stream, Encoding.UTF8);

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
}
