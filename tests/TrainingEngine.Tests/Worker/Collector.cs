using System.Net;
using System.Text;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>Takes what OpenTelemetry sends.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly StringBuilder _heard = new();
    private readonly Task _listening;

    public Collector()
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _listening = Listen();
    }

    public string Address { get; }

    /// <summary>All that came by now; names are legible in it.</summary>
    public string Heard
    {
        get
        {
            lock (_heard)
            {
                return _heard.ToString();
            }
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _listening.GetAwaiter().GetResult();
    }

    private async Task Listen()
    {
        try
        {
            while (true)
            {
                var asked = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await asked.Request.InputStream.CopyToAsync(body);
                lock (_heard)
                {
                    _heard.Append(Encoding.Latin1.GetString(body.ToArray()));
                }
                asked.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // It was closed.
        }
    }
}
