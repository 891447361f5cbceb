using Labeler.Shared.Jobs;
using Labeler.Shared.Photos.Captions;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Photos;

[Collection(Databases.Collection)]
public sealed class Captions_come_from_an_endpoint(Databases databases)
{
    [Fact]
    public async Task The_picture_goes_there_with_the_instruction_and_the_key()
    {
        await using var endpoint = new StandIn(StandIn.Says("\"A cat before a mirror\""));
        var answer = await Captioner(endpoint).Describe(PhotoScene.Jpeg(1));
        Assert.Equal(new CaptionAnswer("A cat before a mirror", null, 100, 10), answer);
        var asked = Assert.Single(endpoint.Asked);
        var content = asked.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal("seer", asked.GetProperty("model").GetString());
        Assert.Contains("at most 15 words", content[0].GetProperty("text").GetString());
        Assert.Contains("\"mirror\"", content[0].GetProperty("text").GetString());
        Assert.Equal($"data:image/jpeg;base64,{Convert.ToBase64String(PhotoScene.Jpeg(1))}", content[1].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Equal("Bearer secret", endpoint.Authorization);
    }

    [Fact]
    public async Task An_answer_that_breaks_a_rule_is_sent_back_with_what_was_wrong()
    {
        await using var endpoint = new StandIn(StandIn.Says("A cat before a window"), StandIn.Says(string.Join(' ', Enumerable.Repeat("mirror", 16))), StandIn.Says("A mirror."));
        Assert.Equal(new CaptionAnswer("A mirror.", null, 300, 30), await Captioner(endpoint).Describe(PhotoScene.Jpeg(1)));
        var last = endpoint.Asked[2].GetProperty("messages");
        Assert.Equal(["user", "assistant", "user", "assistant", "user"], last.EnumerateArray().Select(m => m.GetProperty("role").GetString()));
        Assert.Contains("must contain the word", last[2].GetProperty("content").GetString());
        Assert.Contains("16 words", last[4].GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("broken")]
    [InlineData("silent")]
    [InlineData("garbage")]
    [InlineData("empty")]
    public async Task What_fails_for_a_moment_is_asked_again(string how)
    {
        var trouble = how switch
        {
            "busy" => StandIn.Body(429, "", ("Retry-After", "0")),
            "broken" => StandIn.Body(503, "down", ("Retry-After", "0")),
            "silent" => StandIn.Silence,
            "garbage" => StandIn.Body(200, "<html>"),
            _ => StandIn.Body(200, """{"choices": []}"""),
        };
        await using var endpoint = new StandIn(trouble, StandIn.Says("A mirror"));
        Assert.Equal("A mirror", (await Captioner(endpoint).Describe(PhotoScene.Jpeg(1))).Caption);
        Assert.Equal(2, endpoint.Asked.Count);
    }

    [Fact]
    public async Task A_picture_is_given_up_after_the_attempts_with_the_last_reason_and_its_tokens_counted()
    {
        await using var endpoint = new StandIn(StandIn.Says("no"));
        var answer = await Captioner(endpoint, attempts: 3).Describe(PhotoScene.Jpeg(1));
        Assert.Equal((null, 300, 30), (answer.Caption, answer.InputTokens, answer.OutputTokens));
        Assert.Contains("3 attempts", answer.Fault);
    }

    [Fact]
    public async Task A_refused_key_ends_the_run_instead_of_asking_for_every_picture()
    {
        await using var endpoint = new StandIn(StandIn.Body(401, ""));
        Assert.Contains("Captions:Key", (await Assert.ThrowsAsync<LabelerException>(() => Captioner(endpoint).Describe(PhotoScene.Jpeg(1)))).Message);
        Assert.Single(endpoint.Asked);
    }

    [Fact]
    public async Task A_run_describes_what_is_kept_and_goes_on_after_a_stop_without_asking_twice()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip([.. Enumerable.Range(0, 4).Select(n => ($"{n}.jpg", PhotoScene.Jpeg(n)))]));
        await scene.Label(name => name == "3.jpg" ? "Label 3" : "Label 1");
        await using var endpoint = new StandIn(StandIn.Says("A mirror"), StandIn.Body(401, ""), StandIn.Says("A second mirror"));
        var run = Run(world, endpoint);
        await run.Queue(scene.Project.Id, ["Label 1"]);
        await Assert.ThrowsAsync<LabelerException>(() => run.Queue(scene.Project.Id, ["Label 1"]));
        var job = (await scene.Jobs.Claim("web", [JobKind.Caption]))!;
        await Assert.ThrowsAsync<LabelerException>(() => run.Run(job, (_, _) => { }));
        await scene.Jobs.GiveBack(job);
        await run.Run((await scene.Jobs.Claim("web", [JobKind.Caption]))!, (_, _) => { });

        var photos = await world.Open().Photos.OrderBy(p => p.Id).ToListAsync();
        Assert.Equal(["A mirror", "A second mirror", "A second mirror", null], photos.Select(p => p.Caption));
        Assert.Equal((300, "seer"), (photos.Sum(p => p.InputTokens), photos[0].CaptionBy));
        Assert.Equal(4, endpoint.Asked.Count);
        Assert.Equal(0.00063, Options(endpoint).Cost(photos.Sum(p => p.InputTokens), photos.Sum(p => p.OutputTokens)), 9);
        await Assert.ThrowsAsync<LabelerException>(() => run.Queue(scene.Project.Id, ["Label 1"]));
    }

    [Fact]
    public async Task Nothing_is_sent_where_nothing_is_configured()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        var run = new CaptionRun(world.Contexts, scene.Jobs, world.Files, new(new HttpClient(), new(), TimeProvider.System), new(), world.Clock);
        Assert.Contains("Captions:Endpoint", (await Assert.ThrowsAsync<LabelerException>(() => run.Queue(scene.Project.Id, ["Label 1"]))).Message);
    }

    private static CaptionRun Run(World world, StandIn endpoint) =>
        new(world.Contexts, world.Get<JobQueue>(), world.Files, Captioner(endpoint), Options(endpoint), world.Clock);

    private static Captioner Captioner(StandIn endpoint, int attempts = 4) => new(new HttpClient(), Options(endpoint, attempts), TimeProvider.System);

    private static CaptionOptions Options(StandIn endpoint, int attempts = 4) => new()
    {
        Endpoint = endpoint.Address,
        Model = "seer",
        Key = "secret",
        Attempts = attempts,
        RequestsPerMinute = 100_000,
        TimeoutSeconds = 2,
        InputPrice = 2,
        OutputPrice = 1,
    };
}
