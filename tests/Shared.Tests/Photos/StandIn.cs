using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Labeler.Shared.Tests.Photos;

/// <summary>A captioning endpoint on this machine that answers what a test tells it, in order; the last answer again and again.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Queue<Func<HttpContext, Task>> _answers;

    public StandIn(params Func<HttpContext, Task>[] answers)
    {
        _answers = new(answers);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapFallback(Answer);
        _server.Start();
    }

    public string Address => $"{_server.Urls.Single()}/v1";

    /// <summary>The bodies that came.</summary>
    public List<JsonElement> Asked { get; } = [];

    public string? Authorization { get; private set; }

    /// <summary>Bytes that the last question said it has; -1 where it came in pieces of untold number.</summary>
    public long Length { get; private set; }

    public static Func<HttpContext, Task> Says(string caption) => Body(200, JsonSerializer.Serialize(
        new { choices = new[] { new { message = new { content = caption } } }, usage = new { prompt_tokens = 100, completion_tokens = 10 } }));

    public static Func<HttpContext, Task> Body(int status, string body, params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers.Append(name, value);
        }
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
    };

    /// <summary>Takes the question and never answers.</summary>
    public static Func<HttpContext, Task> Silence { get; } = context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private async Task Answer(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var asked = JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement;
        Func<HttpContext, Task> answer;
        lock (_answers)
        {
            Asked.Add(asked);
            Authorization = context.Request.Headers.Authorization;
            Length = context.Request.ContentLength ?? -1;
            answer = _answers.Count > 1 ? _answers.Dequeue() : _answers.Peek();
        }
        try
        {
            await answer(context);
        }
        catch (OperationCanceledException)
        {
            // The asker has gone.
        }
    }
}
