using System.Net;
using System.Net.Sockets;

namespace Labeler.Shared.ModelServers;

/// <summary>Which hosts may be asked at addresses that were typed into the application. The section <c>Rewards</c> of
/// appsettings.json.</summary>
public sealed class ReachOptions
{
    public const string Section = "Rewards";

    /// <summary>Also hosts of this machine and of private networks, link-local ones included, which a stranger on the internet cannot
    /// reach. Off: only addresses that are reachable from anywhere, and no proxy.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>A client that follows no redirects, which would carry pictures and key to another host, and has no time-out of its
    /// own.</summary>
    public HttpClient Client()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (!AllowPrivateAddresses)
        {
            // What a name stands for is looked up once and then connected to: it cannot be another host a moment later.
            handler.UseProxy = false;
            handler.ConnectCallback = Connect;
        }
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var found = await Dns.GetHostAddressesAsync(host, cancel);
        IPAddress[] allowed = [.. found.Where(address => !PrivateAddress.Includes(address))];
        if (allowed.Length == 0)
        {
            throw new PrivateAddressException(host);
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host of this machine or of a private network, where such are not allowed.</summary>
public sealed class PrivateAddressException(string host) : Exception(
    $"{host} is an address of this machine or of a private network; if it is meant, set {ReachOptions.Section}:"
        + $"{nameof(ReachOptions.AllowPrivateAddresses)} in appsettings.json to true");
