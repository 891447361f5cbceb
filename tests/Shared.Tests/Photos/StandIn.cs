using System.Net;
using System.Text;
using System.Text.Json;

namespace Labeler.Shared.Tests.Photos;

/// <summary>A captioning endpoint on this machine that answers what a test tells it, in order; the last answer again and again.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Queue<Func<HttpListenerContext, Task>> _answers;
    private readonly Task _serving;

    public StandIn(params Func<HttpListenerContext, Task>[] answers)
    {
        _answers = new(answers);
        for (var port = 20_000 + Random.Shared.Next(20_000); ; port++)
        {
            try
            {
                Address = $"http://127.0.0.1:{port}/v1";
                _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                _listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                _listener.Prefixes.Clear();
            }
        }
        _serving = Serve();
    }

    public string Address { get; }

    /// <summary>The bodies that came.</summary>
    public List<JsonElement> Asked { get; } = [];

    public string? Authorization { get; private set; }

    /// <summary>Bytes that the last question said it has; -1 where it came in pieces of untold number.</summary>
    public long Length { get; private set; }

    public static Func<HttpListenerContext, Task> Says(string caption) => Body(200, JsonSerializer.Serialize(
        new { choices = new[] { new { message = new { content = caption } } }, usage = new { prompt_tokens = 100, completion_tokens = 10 } }));

    public static Func<HttpListenerContext, Task> Body(int status, string body, params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.AddHeader(name, value);
        }
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    };

    /// <summary>Takes the question and never answers.</summary>
    public static Func<HttpListenerContext, Task> Silence { get; } = _ => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        // A wait that begins in the very moment of stopping is never woken by the listener; nothing depends on it any more.
        await Task.WhenAny(_serving, Task.Delay(TimeSpan.FromSeconds(5)));
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                Asked.Add(JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement);
                Authorization = context.Request.Headers["Authorization"];
                Length = context.Request.ContentLength64;
                await (_answers.Count > 1 ? _answers.Dequeue() : _answers.Peek())(context);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // It is stopped, or the asker has gone.
            }
        }
    }
}
