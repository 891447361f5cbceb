using System.Collections.Concurrent;
using System.Text.Json;
using Labeler.Shared.Jobs;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Photos.Captions;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Photos;

[Collection(Databases.Collection)]
public sealed class Captions_of_all_kinds_of_endpoints(Databases databases)
{
    private const string Good = "A mirror on a wall shows a red square.";

    [Fact]
    public void The_instruction_is_the_report_s_and_so_are_its_rules()
    {
        var options = new CaptionOptions();
        Assert.StartsWith("Describe the image in detail", options.Instruction, StringComparison.Ordinal);
        Assert.Equal((15, "mirror"), (options.MaxWords, options.MustContain));
    }

    [Fact]
    public async Task A_refused_max_tokens_is_asked_once_more_with_max_completion_tokens_and_then_always()
    {
        await using var endpoint = new StandIn(
            StandIn.Body(400, """{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"""),
            StandIn.Says(Good));
        var captioner = Captioner(endpoint, attempts: 1);
        Assert.Equal(Good, (await captioner.Describe(PhotoScene.Jpeg(1))).Caption);
        Assert.Equal(Good, (await captioner.Describe(PhotoScene.Jpeg(2))).Caption);
        Assert.Equal([true, false, false], endpoint.Asked.Select(asked => asked.TryGetProperty("max_tokens", out _)));
        Assert.Equal([false, true, true], endpoint.Asked.Select(asked => asked.TryGetProperty("max_completion_tokens", out _)));
    }

    [Theory]
    [InlineData(400, """{"object":"error","message":"This model does not support image input","type":"BadRequestError","code":400}""", "status 400: This model does not support image input")]
    [InlineData(400, """{"error":{"message":"Unsupported parameter: 'messages[0].x'","param":"x"}}""", "Unsupported parameter")]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: secret."}}""", "status 401: Incorrect API key provided: …")]
    [InlineData(402, """{"error":{"message":"Insufficient credits"}}""", "status 402: Insufficient credits")]
    [InlineData(404, """{"error":{"message":"model 'llava' not found, try pulling it first","type":"api_error"}}""", "model 'llava' not found, try pulling it first")]
    [InlineData(404, "<html><head><title>404 Not Found</title></head><body>nginx</body></html>", "status 404: 404 Not Found nginx")]
    [InlineData(422, """{"detail":[{"loc":["body","model"],"msg":"field required"}]}""", "status 422: field required")]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}""", "status 429: You exceeded your current quota")]
    [InlineData(429, """{"error":"Your credit balance is too low"}""", "status 429: Your credit balance is too low")]
    [InlineData(200, """{"error":{"message":"Provider returned error","code":502}}""", "an error inside a 200: Provider returned error")]
    [InlineData(200, """{"choices":[{"error":{"message":"Upstream is gone","code":502},"message":{"content":""}}]}""", "an error inside a 200: Upstream is gone")]
    public async Task What_every_picture_would_meet_ends_the_run_at_once_with_the_endpoint_s_own_reason(int status, string body, string reason)
    {
        await using var endpoint = new StandIn(StandIn.Body(status, body));
        var error = await Assert.ThrowsAsync<LabelerException>(() => Captioner(endpoint).Describe(PhotoScene.Jpeg(1)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Single(endpoint.Asked);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Rate limit reached for requests"}}""", "Retry-After", "0")]
    [InlineData("""{"error":{"message":"rate"}}""", "Retry-After", "0.05")]
    [InlineData("""{"error":{"message":"You exceeded your current quota. Please retry in 0.05s."}}""", "retry-after-ms", "50")]
    public async Task A_rate_that_is_exceeded_passes(string body, string header, string value)
    {
        await using var endpoint = new StandIn(StandIn.Body(429, body, (header, value)), StandIn.Says(Good));
        var clock = new Waits();
        Assert.Equal(Good, (await Captioner(endpoint, clock: clock).Describe(PhotoScene.Jpeg(1))).Caption);
        Assert.Equal(2, endpoint.Asked.Count);
        // The endpoint's own wait, and how long an answer may take; no pause of the captioner's.
        Assert.All(clock.Asked, wait => Assert.True(wait <= TimeSpan.FromSeconds(0.06) || wait == TimeSpan.FromSeconds(5), $"{wait}"));
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Your request was rejected by our safety system","code":"content_policy_violation"}}""", "rejected by our safety system")]
    [InlineData(400, """{"error":{"message":"You uploaded an unsupported image","code":"image_parse_error"}}""", "unsupported image")]
    [InlineData(413, "", "status 413")]
    [InlineData(200, """{"choices":[{"message":{"content":null,"refusal":"I cannot help with that."},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10}}""", "The model refused: I cannot help with that.")]
    [InlineData(200, """{"choices":[{"message":{"content":"A"},"finish_reason":"content_filter"}]}""", "content filter")]
    [InlineData(200, """{"choices":[{"message":{"content":"A mirror on a"},"finish_reason":"length"}]}""", "cut off after 1000 tokens: raise the limit Captions:MaxTokens")]
    [InlineData(200, """{"choices":[{"message":{"content":"","reasoning_content":"Let me think"},"finish_reason":"length"}]}""", "cut off after 1000 tokens before the model had said anything: raise the limit")]
    [InlineData(200, """{"choices":[{"message":{"content":"<think>A mirror"},"finish_reason":"length"}]}""", "before the model had said anything")]
    public async Task What_this_picture_alone_meets_is_not_asked_again_and_the_run_goes_on(int status, string body, string fault)
    {
        await using var endpoint = new StandIn(StandIn.Body(status, body), StandIn.Says(Good));
        var captioner = Captioner(endpoint);
        var answer = await captioner.Describe(PhotoScene.Jpeg(1));
        Assert.Null(answer.Caption);
        Assert.Contains(fault, answer.Fault, StringComparison.Ordinal);
        Assert.Single(endpoint.Asked);
        Assert.Equal(Good, (await captioner.Describe(PhotoScene.Jpeg(2))).Caption);
    }

    [Theory]
    [InlineData(503, "<html>maintenance until noon</html>", "status 503: maintenance until noon")]
    [InlineData(429, """{"error":{"message":"slow down"}}""", "status 429: slow down")]
    [InlineData(200, "<html>please sign in</html>", "the answer is no JSON: please sign in")]
    public async Task A_picture_that_is_given_up_keeps_the_endpoint_s_own_reason(int status, string body, string reason)
    {
        await using var endpoint = new StandIn(StandIn.Body(status, body, ("Retry-After", "0")));
        var answer = await Captioner(endpoint, attempts: 2).Describe(PhotoScene.Jpeg(1));
        Assert.StartsWith("No caption after 2 attempts.", answer.Fault, StringComparison.Ordinal);
        Assert.Contains(reason, answer.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"<think>\\nThe user wants a caption with at most fifteen words.\\n</think>\\n\\nA mirror on a wall shows a red square.\"")]
    [InlineData("\"I look at the picture.</think>A mirror on a wall shows a red square.\"")]
    [InlineData("\"<thinking>a</thinking><think>b</think>A mirror on a wall shows a red square.\"")]
    [InlineData("\"<|channel|>analysis<|message|>Think<|end|><|start|>assistant<|channel|>final<|message|>A mirror on a wall shows a red square.<|return|>\"")]
    [InlineData("[{\"type\":\"text\",\"text\":\"A mirror on a wall \"},{\"type\":\"text\",\"text\":\"shows a red square.\"}]")]
    [InlineData("[{\"type\":\"thinking\",\"thinking\":\"hm\",\"text\":\"hm\"},{\"type\":\"text\",\"text\":\"A mirror on a wall shows a red square.\"}]")]
    [InlineData("\"**Caption:** \\\"A mirror on a wall shows a red square.\\\"\"")]
    [InlineData("\"\\n\\nA mirror on a wall shows a red square.\\n\"")]
    public async Task Thoughts_are_left_out_parts_joined_and_wrappings_taken_off(string content)
    {
        await using var endpoint = new StandIn(StandIn.Body(200, $$"""{"choices":[{"message":{"content":{{content}},"reasoning_content":"long thought"},"finish_reason":"stop"}],"usage":null}"""));
        Assert.Equal(new CaptionAnswer(Good, null, 0, 0), await Captioner(endpoint).Describe(PhotoScene.Jpeg(1)));
        Assert.Single(endpoint.Asked);
    }

    [Theory]
    [InlineData("**A mirror.**", "A mirror.")]
    [InlineData("*A mirror.*", "A mirror.")]
    [InlineData("# A mirror", "A mirror")]
    [InlineData("- “A mirror’s frame.”", "A mirror’s frame.")]
    [InlineData("1. \"A mirror\"", "A mirror")]
    [InlineData("```text\nA mirror\n```", "A mirror")]
    [InlineData("Caption: **A mirror**", "A mirror")]
    [InlineData("**Caption: A mirror**", "A mirror")]
    [InlineData("**Caption:**A mirror", "A mirror")]
    [InlineData("Description：「鏡」", "鏡")]
    [InlineData("Here is a short caption for the picture: 'The dog's mirror'", "The dog's mirror")]
    [InlineData("Sure! Here's the caption:\n\n> A *round* mirror", "A round mirror")]
    [InlineData("\"Mirror\" beside \"Window\"", "\"Mirror\" beside \"Window\"")]
    [InlineData("A mirror that says \"hello\"", "A mirror that says \"hello\"")]
    [InlineData("This is a mirror: it shows a cat.", "This is a mirror: it shows a cat.")]
    [InlineData("A snake_case_word in a mirror, 2 * 3 * 4", "A snake_case_word in a mirror, 2 * 3 * 4")]
    public void Markdown_labels_and_paired_quotes_come_off_and_nothing_else(string answer, string caption) => Assert.Equal(caption, CaptionText.OfAnswer(answer));

    [Theory]
    [InlineData("<think>")]
    [InlineData("<think></thought>")]
    [InlineData("*a ")]
    [InlineData("**_`")]
    [InlineData("caption: ")]
    [InlineData("here is the ")]
    [InlineData("\"'")]
    [InlineData("<|channel|>final ")]
    [InlineData(" \n")]
    public void An_answer_made_to_be_slow_is_not(string piece)
    {
        var answer = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        _ = CaptionText.OfAnswer(Thoughts.LeftOut(answer) + answer);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"{piece}: {clock.Elapsed}");
    }

    [Fact]
    public async Task A_question_says_how_long_it_is()
    {
        await using var endpoint = new StandIn(StandIn.Says(Good));
        await Captioner(endpoint).Describe(PhotoScene.Jpeg(1));
        Assert.True(endpoint.Length > 1000, $"Content-Length was {endpoint.Length}");
    }

    [Fact]
    public async Task A_byte_order_mark_before_an_answer_is_no_part_of_it()
    {
        await using var endpoint = new StandIn(StandIn.Body(200, "\uFEFF" + JsonSerializer.Serialize(new { choices = new[] { new { message = new { content = Good } } } })));
        Assert.Equal(Good, (await Captioner(endpoint).Describe(PhotoScene.Jpeg(1))).Caption);
    }

    [Fact]
    public async Task Any_server_of_a_model_gives_its_reason_and_says_what_else_would_fail()
    {
        await using var server = new StandIn(StandIn.Body(500, """{"detail":"out of memory"}""", ("Retry-After", "7")), StandIn.Body(400, "[{\"error\":{\"message\":\"API key not valid\",\"status\":\"INVALID_ARGUMENT\"}}]"), StandIn.Body(307, "", ("Location", "http://elsewhere.example/")));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var asker = new ModelServer(http, new Uri(server.Address), null, TimeSpan.FromSeconds(5), 1000, TimeProvider.System);
        Assert.Equal(new ServerFailure(FailureReach.Passing, "status 500: out of memory", null, TimeSpan.FromSeconds(7)), await asker.Ask([]));
        Assert.Equal(new ServerFailure(FailureReach.EveryRequest, "status 400: API key not valid"), await asker.Ask([]));
        Assert.Equal(new ServerFailure(FailureReach.EveryRequest, "status 307: it is at http://elsewhere.example/"), await asker.Ask([]));
    }

    [Fact]
    public async Task The_reason_that_ended_a_run_is_the_job_s_and_what_was_written_stays()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip([.. Enumerable.Range(0, 3).Select(n => ($"{n}.jpg", PhotoScene.Jpeg(n)))]));
        await scene.Label(_ => "Label 1");
        await using var endpoint = new StandIn(StandIn.Says(Good), StandIn.Body(402, """{"error":{"message":"Insufficient credits"}}"""));
        var run = new CaptionRun(world.Contexts, world.Get<JobQueue>(), world.Files, Captioner(endpoint), Options(endpoint, 4), world.Clock);
        await run.Queue(scene.Project.Id, ["Label 1"]);
        var job = (await scene.Jobs.Claim("web", [JobKind.Caption]))!;
        var error = await Assert.ThrowsAsync<LabelerException>(() => run.Run(job, (_, _) => { }));
        await scene.Jobs.Fail(job, error.Message);
        Assert.Contains("Insufficient credits", (await world.Open().Jobs.SingleAsync(j => j.Id == job.Id)).Error, StringComparison.Ordinal);
        Assert.Equal(1, await world.Open().Photos.CountAsync(p => p.Caption == Good));
        Assert.Equal(2, endpoint.Asked.Count);
    }

    private static Captioner Captioner(StandIn endpoint, int attempts = 4, TimeProvider? clock = null) =>
        new(new HttpClient(), Options(endpoint, attempts), clock ?? TimeProvider.System);

    private static CaptionOptions Options(StandIn endpoint, int attempts) => new()
    {
        Endpoint = endpoint.Address,
        Model = "seer",
        Key = "secret",
        MustContain = "",
        Attempts = attempts,
        RequestsPerMinute = 100_000,
        TimeoutSeconds = 5,
    };

    /// <summary>The system's clock, which keeps how long it was asked to wait.</summary>
    private sealed class Waits : TimeProvider
    {
        public ConcurrentBag<TimeSpan> Asked { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Asked.Add(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
