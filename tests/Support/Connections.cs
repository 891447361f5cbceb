using System.Net.Sockets;

namespace Labeler.Tests.Support;

/// <summary>The loop of every server that a test stands up itself.</summary>
internal static class Connections
{
    /// <summary>Serves who connects until <paramref name="listener"/> is stopped or <paramref name="end"/> comes, and then waits for those
    /// who are still being served.</summary>
    public static async Task Serve(TcpListener listener, Func<TcpClient, Task> talk, CancellationToken end)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(talk(await listener.AcceptTcpClientAsync(end)));
            }
        }
        catch (Exception error) when (IsOver(error))
        {
        }
        await Task.WhenAll(open);
    }

    /// <summary>One side has gone. A listener and a client that were closed before they were asked say InvalidOperationException.</summary>
    public static bool IsOver(Exception error) =>
        error is OperationCanceledException or SocketException or IOException or InvalidOperationException;
}
