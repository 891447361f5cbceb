using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Api;

public sealed class ApiTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_program_labels_and_reads_what_was_said_page_by_page()
    {
        await using var seeded = await host.Seed("Labeled by a program", groups: 5);
        await host.Make("Runs a program", Role.Lead);
        using var program = await host.Program("Runs a program", TokenScope.Label);
        var project = seeded.Project.Id;
        var queue = await (await program.PostAsJsonAsync($"/api/v1/projects/{project}/queue", new { take = 5 })).Content.ReadFromJsonAsync<JsonObject>();
        var items = queue!["items"]!.AsArray().Select(item => (long)item!["item"]!).ToList();
        Assert.Equal(5, items.Count);
        var entries = items.Select(item => AnnotatorClient.Flag(project, item, Guid.NewGuid(), 1, 2)).ToList();
        var answer = await program.PostAsJsonAsync("/api/v1/votes", new { entries });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All((await answer.Content.ReadFromJsonAsync<JsonObject>())!["results"]!.AsArray(), one => Assert.Equal("accepted", (string)one!["outcome"]!));
        var read = new List<JsonNode>();
        for (long? after = null; ;)
        {
            var page = await program.Json($"/api/v1/projects/{project}/votes?limit=2{(after is null ? "" : $"&after={after}")}");
            read.AddRange(page["items"]!.AsArray().Select(vote => vote!));
            Assert.True(page["items"]!.AsArray().Count <= 2);
            if ((after = (long?)page["next"]) is null)
            {
                break;
            }
        }
        Assert.Equal(items.Order(), read.Select(vote => (long)vote["item"]!).Order());
        // As the labeling page sends it: flags are numbers.
        Assert.Equal(1, (int)read[0]["verdict"]!["tiles"]![1]!["flags"]!);
        var pairs = await program.Json($"/api/v1/epochs/{read[0]["epoch"]}/preferences?limit=200");
        Assert.Equal(5 * 2 * 5, pairs["items"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync($"/api/v1/pictures/{pairs["items"]![0]!["winner"]}")).StatusCode);
        Assert.Contains("rates", (await program.GetStringAsync($"/api/v1/projects/{project}/figures")));
        Assert.Equal(35, (await program.Json($"/api/v1/epochs/{read[0]["epoch"]}/pictures?limit=200"))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Whoever_reads_by_a_program_what_others_said_is_not_asked_about_it_any_more()
    {
        await using var seeded = await host.Seed("Read by a program", groups: 2, new() { VotesPerItem = 2 });
        using var other = await AnnotatorClient.Open(host, "Says something first");
        var item = (await other.Items(seeded.Project.Id, take: 1))[0];
        await other.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        using var person = await AnnotatorClient.Open(host, "Reads before judging", Role.Lead);
        using var program = await host.Program("Reads before judging", TokenScope.Read);
        Assert.Single((await program.Json($"/api/v1/projects/{seeded.Project.Id}/votes"))["items"]!.AsArray());
        Assert.DoesNotContain(item, await person.Items(seeded.Project.Id, take: 8));
    }

    [Fact]
    public async Task A_request_with_a_key_is_done_once_and_another_with_the_same_key_is_refused()
    {
        await using var seeded = await host.Seed("Trained by a program", groups: 2);
        using var person = await AnnotatorClient.Open(host, "Trains by a program", Role.Admin);
        foreach (var item in await person.Items(seeded.Project.Id))
        {
            await person.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        using var program = await host.Program("Trains by a program", TokenScope.Admin);
        var epoch = (long)(await program.Json($"/api/v1/projects/{seeded.Project.Id}/epochs"))["items"]![0]!["id"]!;
        var plan = await program.Json($"/api/v1/epochs/{epoch}/plan");
        Assert.Equal(2 * 6, (int)plan["signal"]!);
        program.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        var first = await program.PostAsJsonAsync($"/api/v1/epochs/{epoch}/train", new { hash = (string)plan["hash"]! });
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        var second = await program.PostAsJsonAsync($"/api/v1/epochs/{epoch}/train", new { hash = (string)plan["hash"]! });
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync($"/api/v1/epochs/{epoch}/train", new { hash = "another" })).StatusCode);
        Assert.Equal(1, await host.With<LabelerDb, int>(db => db.Jobs.CountAsync(j => j.EpochId == epoch && j.Kind == JobKind.Train)));
        // Without a key the domain itself refuses what was done already, and says why.
        program.DefaultRequestHeaders.Remove("Idempotency-Key");
        var third = await program.PostAsJsonAsync($"/api/v1/epochs/{epoch}/train", new { hash = (string)plan["hash"]! });
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (third.StatusCode, third.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Every_answer_says_what_is_left_of_a_minute_s_requests_and_when_nothing_is_left()
    {
        await using var small = new WebHost { Settings = [("Web:ApiRequestsPerMinute", "3")] };
        await small.Make("Asks too much", Role.Annotator);
        using var program = await small.Program("Asks too much", TokenScope.Read);
        for (var left = 2; left >= 0; left--)
        {
            var answer = await program.GetAsync("/api/v1/me");
            Assert.Equal((HttpStatusCode.OK, "3", $"{left}"), (answer.StatusCode, Header(answer, "RateLimit-Limit"), Header(answer, "RateLimit-Remaining")));
        }
        var refused = await program.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        using var another = await small.Program("Asks too much", TokenScope.Read);
        Assert.Equal(HttpStatusCode.OK, (await another.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_answered_with_problem_details()
    {
        await host.Make("Asks oddly", Role.Lead);
        await using var seeded = await host.Seed("Asked oddly", groups: 1);
        using var program = await host.Program("Asks oddly", TokenScope.Label);
        foreach (var (address, status) in new[] { ($"/api/v1/projects/{seeded.Project.Id}/votes?limit=0", 400), ($"/api/v1/projects/{seeded.Project.Id}/votes?limit=1000", 400), ("/api/v1/projects/999999", 404) })
        {
            var answer = await program.GetAsync(address);
            Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        }
        var refused = await program.PostAsync($"/api/v1/projects/{seeded.Project.Id}/epochs", null);
        Assert.Equal((403, "application/problem+json"), ((int)refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        using var stranger = host.With("lblr_nobody");
        var unknown = await stranger.GetAsync("/api/v1/me");
        Assert.Equal((401, "application/problem+json"), ((int)unknown.StatusCode, unknown.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task The_description_names_every_address_for_programs_and_the_page_shows_them()
    {
        using var person = await host.SignedIn("Reads descriptions", Role.Annotator);
        using var program = await host.Program("Reads descriptions", TokenScope.Read);
        var document = await program.Json("/api/v1/openapi.json");
        var described = document["paths"]!.AsObject();
        var addresses = ApiAddressTests.Addresses(host).Where(address => !address.EndsWith("openapi.json", StringComparison.Ordinal)).ToList();
        Assert.Equal(addresses.Order(StringComparer.Ordinal), described.Select(path => path.Key).Order(StringComparer.Ordinal));
        string[] Answered(string address, string method) => [.. Answer(described[address]![method]!).Select(property => property.Key)];
        JsonObject Answer(JsonNode operation)
        {
            var name = operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>().Split('/')[^1];
            return document["components"]!["schemas"]![name]!["properties"]!.AsObject();
        }
        Assert.Contains("items", Answered("/api/v1/projects/{project}/queue", "post"));
        Assert.Contains("results", Answered("/api/v1/votes", "post"));
        Assert.Contains("scope", Answered("/api/v1/me", "get"));
        var page = await person.GetStringAsync("/programs");
        Assert.All(addresses, address => Assert.Contains($"<code>{address}</code>", page));
        Assert.Contains("Takes items to judge", page);
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
