using System.Net;
using System.Net.Http.Json;
using System.Text;
using Labeler.Shared.Voting;

namespace Labeler.Web.Tests;

/// <summary>What the interface of the labeling page does not take, each with its reason, on a real database.</summary>
public sealed class RefusedVoteTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_vote_for_somebody_elses_item_is_refused_with_the_reason()
    {
        await using var seeded = await host.Seed("Thief", 1);
        using var holder = await AnnotatorClient.Open(host, "holder");
        using var thief = await AnnotatorClient.Open(host, "thief");
        var item = (await holder.Items(seeded.Project.Id))[0];
        Assert.Equal(["refused"], await thief.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid())));
        Assert.Equal(0, await seeded.Stored());
    }

    [Fact]
    public async Task A_vote_after_the_model_was_revealed_is_refused()
    {
        await using var seeded = await host.Seed("Revealed", 1);
        using var client = await AnnotatorClient.Open(host, "peeker");
        var item = (await client.Items(seeded.Project.Id))[0];
        await seeded.Get<ItemQueue>().Unblind(client.Account, item);
        Assert.Equal(["refused"], await client.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid())));
    }

    [Fact]
    public async Task A_vote_on_an_item_of_a_deleted_project_is_refused_until_it_is_back()
    {
        await using var seeded = await host.Seed("Withdrawn", 1);
        using var client = await AnnotatorClient.Open(host, "late to the deleted");
        var vote = AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid());
        await Change(project => project.Delete(DateTimeOffset.UtcNow));
        Assert.Equal(["refused"], await client.Send(vote));
        Assert.Equal(0, await seeded.Stored());
        await Change(project => project.Restore());
        Assert.Equal(["accepted"], await client.Send(vote));

        async Task Change(Action<Labeler.Shared.Projects.Project> verb)
        {
            await using var db = await seeded.Open();
            verb((await db.Projects.FindAsync(seeded.Project.Id))!);
            await db.SaveChangesAsync();
        }
    }

    [Fact]
    public async Task Votes_of_another_account_are_not_taken_under_this_one()
    {
        await using var seeded = await host.Seed("Other account", 1);
        using var client = await AnnotatorClient.Open(host, "owner of the session");
        var item = (await client.Items(seeded.Project.Id))[0];
        var answer = await client.Http.PostAsJsonAsync("/api/votes", new { account = Guid.NewGuid(), entries = new[] { AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid()) } });
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(0, await seeded.Stored());
    }

    [Fact]
    public async Task A_post_without_the_pages_token_is_refused()
    {
        await using var seeded = await host.Seed("No token", 1);
        using var client = await AnnotatorClient.Open(host, "tokenless");
        var item = (await client.Items(seeded.Project.Id))[0];
        client.Http.DefaultRequestHeaders.Remove("RequestVerificationToken");
        var answer = await client.Post(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid()));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("token", await AnnotatorClient.Detail(answer));
    }

    [Theory]
    [InlineData("not json at all", "not what was expected")]
    [InlineData("{}", "not what was expected")]
    [InlineData("""{"account":"ACCOUNT","entries":[]}""", "1 to 50")]
    [InlineData("""{"account":"ACCOUNT","entries":[null]}""", "Entry 0")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"vote","key":"00000000-0000-0000-0000-000000000000","project":1,"item":1}]}""", "has no key")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"vote","key":"KEY","project":1,"item":1}]}""", "has no verdict")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"delete","key":"KEY","project":1,"item":1}]}""", "neither a vote")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"undo","key":"KEY","project":1,"item":1}]}""", "which vote")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"vote","key":"KEY","project":1,"item":1,"verdict":{"kind":"bribe"}}]}""", "verdict")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"vote","key":"KEY","project":1,"item":1,"verdict":{"kind":"pair","pick":"upper","displayed":true,"unblurred":true,"firstOnLeft":true}}]}""", "pick")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"vote","key":"KEY","project":1,"item":1e300,"verdict":{"kind":"skip","reason":"?"}}]}""", "item")]
    [InlineData("""{"account":"ACCOUNT","entries":[{"op":"vote","key":"KEY","project":1,"item":1,"verdict":{"kind":"flags","tiles":[{"index":"first","flags":0,"displayed":true,"unblurred":true}]}}]}""", "tiles")]
    public async Task A_malformed_request_is_answered_with_one_clear_line(string body, string said)
    {
        using var client = await AnnotatorClient.Open(host, $"mallory {Guid.NewGuid():n}");
        var text = body.Replace("ACCOUNT", client.Account.ToString(), StringComparison.Ordinal).Replace("KEY", Guid.NewGuid().ToString(), StringComparison.Ordinal);
        var answer = await client.Http.PostAsync("/api/votes", new StringContent(text, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var detail = await AnnotatorClient.Detail(answer);
        Assert.Contains(said, detail);
        Assert.True(detail.Length < 250 && !detail.Contains('\n'), detail);
    }

    [Fact]
    public async Task Verdicts_that_do_not_fit_the_item_are_refused_one_by_one()
    {
        await using var seeded = await host.Seed("Misfits", 4);
        using var client = await AnnotatorClient.Open(host, "misfit");
        var project = seeded.Project.Id;
        var items = await client.Items(project, 4);
        object Vote(int n, object verdict) => new { op = "vote", key = Guid.NewGuid(), project, item = items[n], verdict };
        object Tile(int index, int flags, bool displayed) => new { index, flags, displayed, unblurred = displayed };
        var outcomes = await client.Send(
            Vote(0, new { kind = "flags", tiles = new[] { Tile(0, 0, true) } }),
            Vote(1, new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(i => Tile(i, 64, true)) }),
            Vote(2, new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(i => Tile(i, 0, false)) }),
            Vote(3, new { kind = "skip", reason = new string('x', 5000) }),
            AnnotatorClient.Flag(project, items[0], Guid.NewGuid(), 1));
        Assert.Equal(["refused", "refused", "refused", "refused", "accepted"], outcomes);
        Assert.Equal(1, await seeded.Stored());
    }

    [Fact]
    public async Task A_huge_body_is_refused_before_it_is_read()
    {
        using var client = await AnnotatorClient.Open(host, "giant");
        var answer = await client.Http.PostAsync("/api/votes", new StringContent(new string(' ', 4 << 20), Encoding.UTF8, "application/json"));
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest });
    }
}
