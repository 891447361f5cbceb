using System.Text.Json;
using Labeler.Shared.Imaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Labeler.Tests.Support;

/// <summary>A server of scores on this machine: brighter is better, unless a test has it misbehave.</summary>
internal sealed class ScoreServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private ScoreServer(WebApplication server) => _server = server;

    /// <summary>Takes the place of the answer where it is set.</summary>
    public Func<HttpContext, Task>? Misbehave { get; set; }

    public int Requests => _requests;

    /// <summary>What the last request showed as its authorization.</summary>
    public string Authorization { get; private set; } = "";
    public string Address => $"{_server.Urls.Single()}/";
    private int _requests;

    /// <param name="path">Where it answers.</param>
    public static async Task<ScoreServer> Start(string path = "/")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ScoreServer(builder.Build());
        server._server.MapPost(path, server.Answer);
        await server._server.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        Authorization = context.Request.Headers.Authorization.ToString();
        if (Misbehave is { } misbehave)
        {
            await misbehave(context);
            return;
        }
        await Score(context);
    }

    /// <summary>Answers as it does where nothing is in its place.</summary>
    public async Task Score(HttpContext context)
    {
        using var asked = await JsonDocument.ParseAsync(context.Request.Body);
        var scores = asked.RootElement.GetProperty("images").EnumerateArray()
            .Select(png => Picture.Decode(png.GetBytesFromBase64()).Rgb.Average(value => (double)value)).ToArray();
        await context.Response.WriteAsJsonAsync(new { scores });
    }
}
