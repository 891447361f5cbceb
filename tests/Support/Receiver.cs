using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Labeler.Tests.Support;

/// <summary>Another program on this machine that webhooks tell of events. It takes all, unless a test has it misbehave.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<Received> _got = new();

    private Receiver(WebApplication server) => _server = server;

    /// <summary>A request as it came.</summary>
    public sealed record Received(string Id, string Timestamp, string Signature, string Body);

    /// <summary>Takes the place of the answer where it is set.</summary>
    public Func<HttpContext, Task>? Misbehave { get; set; }

    public IReadOnlyList<Received> Got => [.. _got];
    public string Address => $"{_server.Urls.Single()}/told";

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver._server.MapPost("/told", receiver.Take);
        await receiver._server.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private async Task Take(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        _got.Enqueue(new(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), await reader.ReadToEndAsync()));
        if (Misbehave is { } misbehave)
        {
            await misbehave(context);
        }
    }
}
