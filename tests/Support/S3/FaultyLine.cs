using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Labeler.Tests.Support.S3;

/// <summary>Stands before a server and passes on what it can, unless a test has it misbehave.</summary>
internal sealed class FaultyLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly EndPoint _server;
    private readonly Task _work;
    private byte[] _refusal = [];
    private int _busy;
    private int _cut;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _holdAt = long.MaxValue;
    private long _passed;
    private TaskCompletionSource? _parted;
    private int _accepted;
    private int _refused;

    public FaultyLine(Uri server) : this(new DnsEndPoint(server.Host, server.Port), server.Scheme) { }

    /// <param name="server">Also a socket in the file system.</param>
    public FaultyLine(EndPoint server, string scheme)
    {
        _server = server;
        _listener.Start();
        Address = new($"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _work = Connections.Serve(_listener, Serve, _end.Token);
    }

    public Uri Address { get; }

    /// <summary>Bytes that went to the server.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    public int Accepted => _accepted;

    /// <summary>Connections that were answered by what <see cref="BeBusy"/> says.</summary>
    public int Refused => _refused;

    /// <summary>The first lines of requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers the next connections by 503, or another refusal, and ends those that are open.</summary>
    public void BeBusy(int connections, string status = "503 Service Unavailable", string code = "SlowDown")
    {
        _refusal = Encoding.ASCII.GetBytes(Answer(status, $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>"));
        Volatile.Write(ref _busy, connections);
        CutAll();
    }

    /// <summary>Cuts the next connections off in the midst of what the server answers, and those that are open at once.</summary>
    public void Cut(int connections)
    {
        Volatile.Write(ref _cut, connections);
        CutAll();
    }

    /// <summary>Lets so many bytes go to the server and no more; ends when there are more to send.</summary>
    public Task HoldAt(long bytes)
    {
        Interlocked.Exchange(ref _holdAt, bytes);
        return _held.Task;
    }

    /// <summary>Ends what <see cref="HoldAt"/> has begun. What was held back is lost.</summary>
    public void GoOn()
    {
        Interlocked.Exchange(ref _holdAt, long.MaxValue);
        CutAll();
        _goOn.TrySetResult();
    }

    /// <summary>From now on nothing passes in either direction, and nobody is told.</summary>
    public void Part() => Volatile.Write(ref _parted, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Ends what <see cref="Part"/> has begun: what was held back goes on, unless a test cuts it off.</summary>
    public void Join() => Interlocked.Exchange(ref _parted, null)?.TrySetResult();

    public void CutAll()
    {
        foreach (var client in _open.Keys)
        {
            Reset(client);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        CutAll();
        await _work;
        _end.Dispose();
    }

    private static string Answer(string status, string body) =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    private static void Reset(TcpClient client)
    {
        try
        {
            client.Client.LingerState = new(true, 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or NullReferenceException)
        {
        }
        client.Close();
    }

    private async Task Serve(TcpClient client)
    {
        Interlocked.Increment(ref _accepted);
        using var server = _server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        _open[client] = true;
        try
        {
            if (Interlocked.Decrement(ref _busy) >= 0)
            {
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[1 << 16], _end.Token);
                await stream.WriteAsync(_refusal, _end.Token);
                Interlocked.Increment(ref _refused);
                client.Client.Shutdown(SocketShutdown.Send);
                while (await stream.ReadAsync(new byte[1 << 16], _end.Token) > 0)
                {
                }
                return;
            }
            var most = Interlocked.Decrement(ref _cut) >= 0 ? 20_000 : long.MaxValue;
            await IsWhole();
            await server.ConnectAsync(_server, _end.Token);
            await using var there = new NetworkStream(server);
            await Task.WhenAny(Pass(client.GetStream(), there, long.MaxValue, isRequest: true), Pass(there, client.GetStream(), most, isRequest: false));
        }
        catch (Exception error) when (Connections.IsOver(error))
        {
        }
        finally
        {
            _open.TryRemove(client, out _);
            Reset(client);
        }
    }

    private void Note(ReadOnlySpan<byte> sent)
    {
        if (sent is [(byte)'P' or (byte)'G' or (byte)'H' or (byte)'D', ..] && sent.IndexOf("\r\n"u8) is > 0 and < 1000 and var end)
        {
            Requests.Enqueue(Encoding.ASCII.GetString(sent[..end]));
        }
    }

    private Task IsWhole() => Volatile.Read(ref _parted)?.Task.WaitAsync(_end.Token) ?? Task.CompletedTask;

    private async Task Pass(NetworkStream source, NetworkStream target, long most, bool isRequest)
    {
        try
        {
            var buffer = new byte[1 << 16];
            for (int read; most > 0 && (read = await source.ReadAsync(buffer, _end.Token)) > 0; most -= read)
            {
                if (isRequest && Passed >= Interlocked.Read(ref _holdAt))
                {
                    _held.TrySetResult();
                    await _goOn.Task.WaitAsync(_end.Token);
                    return;
                }
                await IsWhole();
                await target.WriteAsync(buffer.AsMemory(0, (int)Math.Min(read, most)), _end.Token);
                if (isRequest)
                {
                    Note(buffer.AsSpan(0, read));
                    Interlocked.Add(ref _passed, read);
                }
            }
        }
        catch (Exception error) when (Connections.IsOver(error))
        {
        }
    }
}
