using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Rewards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Labeler.TrainingEngine.Tests.Rewards;

/// <summary>Against a real server on this machine that behaves as each test tells it.</summary>
public sealed class EndpointRewardTests : IAsyncLifetime
{
    private static readonly EndpointOptions Hasty = new() { AtOnce = 2, Timeout = TimeSpan.FromSeconds(1), Attempts = 3, Pause = TimeSpan.FromMilliseconds(1) };
    private readonly List<string> _said = [];
    private WebApplication _server = null!;
    private Func<int, HttpContext, Task> _answer = (_, _) => Task.CompletedTask;
    private int _requests;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapPost("/", context => _answer(Interlocked.Increment(ref _requests), context));
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Images_and_prompts_go_out_and_their_scores_come_back_in_order()
    {
        _answer = async (_, context) =>
        {
            using var asked = await JsonDocument.ParseAsync(context.Request.Body);
            Assert.All(asked.RootElement.GetProperty("prompts").EnumerateArray(), prompt => Assert.Equal("a cat", prompt.GetString()));
            var greys = asked.RootElement.GetProperty("images").EnumerateArray().Select(png => Picture.Decode(png.GetBytesFromBase64()).Rgb[0]);
            await context.Response.WriteAsJsonAsync(new { scores = greys.Select(grey => grey / 2.0) });
        };

        Assert.Equal([5, 10, 15], Of(Hasty, 10, 20, 30));
        Assert.Equal(2, _requests);
    }

    [Fact]
    public void A_server_that_is_busy_for_a_while_is_asked_again()
    {
        _answer = (request, context) => request < 3 ? Status(context, request == 1 ? 429 : 503) : Scores(context, "[1, 2]");

        Assert.Equal([1, 2], Of(Hasty, 0, 0));
        Assert.Equal(3, _requests);
        Assert.Empty(_said);
    }

    [Fact]
    public void Images_whose_request_hangs_are_left_out_and_the_rest_goes_on()
    {
        _answer = (request, context) => request > 3 ? Scores(context, "[7]") : Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { });

        var scores = Of(Hasty, 0, 0, 0);

        Assert.Equal([double.NaN, double.NaN, 7], scores);
        Assert.Contains("no answer within 1 s", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"scores": [1]}""")]
    [InlineData("""{"scores": ["much", 2]}""")]
    [InlineData("""{"scores": [1e999, 2]}""")]
    [InlineData("[1, 2]")]
    public void Garbage_is_not_a_score(string body)
    {
        _answer = (_, context) => context.Response.WriteAsync(body);

        var error = Assert.Throws<EngineException>(() => Of(Hasty, 0, 0));

        Assert.Contains("gave no scores at all", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_null_leaves_one_image_out()
    {
        _answer = (_, context) => Scores(context, "[null, 2]");

        Assert.Equal([double.NaN, 2], Of(Hasty, 0, 0));
    }

    [Fact]
    public void A_refusal_is_not_repeated_and_a_redirect_is_not_followed()
    {
        _answer = (_, context) => Status(context, 302);
        Assert.Contains("status 302", Assert.Throws<EngineException>(() => Of(Hasty, 0)).Message, StringComparison.Ordinal);
        _answer = (_, context) => Status(context, 401);
        Assert.Contains("status 401", Assert.Throws<EngineException>(() => Of(Hasty, 0)).Message, StringComparison.Ordinal);
        Assert.Equal(2, _requests);
    }

    [Theory]
    [InlineData(402, """{"error": {"message": "Insufficient credits"}}""", "status 402: Insufficient credits")]
    [InlineData(404, """{"detail": "no such model"}""", "status 404: no such model")]
    [InlineData(200, """{"error": "the scorer is not loaded"}""", "the scorer is not loaded")]
    public void What_every_image_would_meet_ends_it_at_once_with_the_server_s_own_reason(int status, string body, string reason)
    {
        _answer = async (_, context) =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body);
        };

        // With time for a busy machine: what comes too late is asked again.
        Assert.Contains(reason, Assert.Throws<EngineException>(() => Of(Hasty with { Timeout = TimeSpan.FromMinutes(1) }, 0, 0, 0, 0, 0)).Message, StringComparison.Ordinal);
        Assert.Equal(1, _requests);
    }

    [Fact]
    public void The_length_of_a_request_is_sent()
    {
        long? length = null;
        _answer = (_, context) =>
        {
            length = context.Request.ContentLength;
            return Scores(context, "[1]");
        };

        Of(Hasty, 0);

        Assert.True(length > 100);
    }

    [Fact]
    public void An_answer_without_end_is_cut_off()
    {
        _answer = async (_, context) =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[65536]);
            }
        };

        Assert.Throws<EngineException>(() => Of(Hasty with { LargestAnswer = 100_000, Attempts = 1 }, 0));
    }

    [Fact]
    public void What_is_no_address_is_refused() => Assert.Throws<EngineException>(() => new EndpointReward("ftp://somewhere"));

    private IReadOnlyList<double> Of(EndpointOptions options, params byte[] greys)
    {
        using var reward = new EndpointReward(_server.Urls.Single(), options);
        return reward.Of(Candidates.Of(greys), _said.Add, CancellationToken.None);
    }

    private static Task Scores(HttpContext context, string list) => context.Response.WriteAsync($$"""{"scores": {{list}}}""");

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = "/elsewhere";
        return Task.CompletedTask;
    }
}
