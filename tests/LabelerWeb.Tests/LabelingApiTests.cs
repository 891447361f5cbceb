using System.Net;
using System.Net.Http.Json;
using System.Text;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Labeler.Web.Tests;

/// <summary>The interface that the labeling page's scripts use, on a real database.</summary>
public sealed class LabelingApiTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task An_item_comes_without_model_epoch_seed_or_votes()
    {
        await using var seeded = await Seed("Blind", 2);
        using var desk = await Desk.Open(host, "blind");
        var answer = await desk.Queue(seeded.Project.Id, 1);
        Assert.Equal("open", (string)answer["state"]!);
        var item = answer["items"]!.AsArray().Single()!.AsObject();
        Assert.Equal(["item", "prompt", "images"], item.Select(p => p.Key));
        Assert.Equal(["hash", "width", "height"], item["images"]!.AsArray()[0]!.AsObject().Select(p => p.Key));
    }

    [Fact]
    public async Task What_the_page_holds_is_not_handed_to_it_again_and_never_to_two_people()
    {
        await using var seeded = await Seed("Two people", 6);
        using var first = await Desk.Open(host, "first of two");
        using var second = await Desk.Open(host, "second of two");
        var mine = await first.Items(seeded.Project.Id, 2);
        var more = await first.Items(seeded.Project.Id, 2, string.Join(',', mine));
        var theirs = await second.Items(seeded.Project.Id, 6);
        Assert.Equal(6, mine.Concat(more).Concat(theirs).Distinct().Count());
        Assert.Equal(2, theirs.Count);
    }

    [Fact]
    public async Task A_vote_sent_twice_is_stored_once_and_acknowledged_both_times()
    {
        await using var seeded = await Seed("Replay", 1);
        using var desk = await Desk.Open(host, "replayer");
        var item = (await desk.Items(seeded.Project.Id))[0];
        var vote = Desk.Flag(seeded.Project.Id, item, Guid.NewGuid(), 2);
        Assert.Equal(["accepted"], await desk.Send(vote));
        Assert.Equal(["duplicate", "duplicate"], await desk.Send(vote, vote));
        Assert.Equal(1, await Stored(seeded));
    }

    [Fact]
    public async Task Progress_counts_what_is_stored_and_the_pairs_it_gives()
    {
        await using var seeded = await Seed("Progress", 3);
        using var desk = await Desk.Open(host, "counter");
        var items = await desk.Items(seeded.Project.Id, 3);
        await desk.Send(Desk.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 0, 1, 2), Desk.Flag(seeded.Project.Id, items[1], Guid.NewGuid()));
        var progress = (await desk.Queue(seeded.Project.Id))["progress"]!;
        Assert.Equal((2, 12, 2, 3), ((int)progress["today"]!, (int)progress["pairsToday"]!, (int)progress["roundDone"]!, (int)progress["roundTotal"]!));
    }

    [Fact]
    public async Task An_undone_item_can_be_judged_again_in_the_same_request()
    {
        await using var seeded = await Seed("Undo", 1);
        using var desk = await Desk.Open(host, "undoer");
        var item = (await desk.Items(seeded.Project.Id))[0];
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var outcomes = await desk.Send(Desk.Flag(seeded.Project.Id, item, first, 0), Desk.Undo(seeded.Project.Id, item, first), Desk.Flag(seeded.Project.Id, item, second, 1));
        Assert.Equal(["accepted", "accepted", "accepted"], outcomes);
        await using var db = await seeded.Open();
        var standing = await db.Votes.SingleAsync(v => v.ProjectId == seeded.Project.Id && v.Kind != VoteKind.Undo && v.SupersededById == null);
        Assert.Equal(second, standing.Key);
    }

    [Fact]
    public async Task The_last_votes_come_back_with_their_verdicts_so_that_undo_outlives_a_reload()
    {
        await using var seeded = await Seed("Recent", 2);
        using var desk = await Desk.Open(host, "rememberer");
        var items = await desk.Items(seeded.Project.Id, 2);
        foreach (var (item, flagged) in items.Zip([3, 5]))
            await desk.Send(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid(), flagged));
        var recent = (await desk.Http.GetFromJsonAsync<System.Text.Json.Nodes.JsonObject>($"/api/projects/{seeded.Project.Id}/votes/recent"))!["votes"]!.AsArray();
        Assert.Equal(items, recent.Select(vote => (long)vote!["item"]!["item"]!));
        Assert.Equal(1, (int)recent[0]!["verdict"]!["tiles"]!.AsArray()[3]!["flags"]!);
        Assert.Equal("flags", (string)recent[0]!["verdict"]!["kind"]!);
    }

    [Fact]
    public async Task A_vote_for_somebody_elses_item_is_refused_with_the_reason()
    {
        await using var seeded = await Seed("Thief", 1);
        using var holder = await Desk.Open(host, "holder");
        using var thief = await Desk.Open(host, "thief");
        var item = (await holder.Items(seeded.Project.Id))[0];
        Assert.Equal(["refused"], await thief.Send(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid())));
        Assert.Equal(0, await Stored(seeded));
    }

    [Fact]
    public async Task A_vote_after_the_model_was_revealed_is_refused()
    {
        await using var seeded = await Seed("Revealed", 1);
        using var desk = await Desk.Open(host, "peeker");
        var item = (await desk.Items(seeded.Project.Id))[0];
        await seeded.Get<ItemQueue>().Unblind(desk.Account, item);
        Assert.Equal(["refused"], await desk.Send(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid())));
    }

    [Fact]
    public async Task Votes_of_another_account_are_not_taken_under_this_one()
    {
        await using var seeded = await Seed("Other account", 1);
        using var desk = await Desk.Open(host, "owner of the session");
        var item = (await desk.Items(seeded.Project.Id))[0];
        var answer = await desk.Http.PostAsJsonAsync("/api/votes", new { account = Guid.NewGuid(), entries = new[] { Desk.Flag(seeded.Project.Id, item, Guid.NewGuid()) } });
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(0, await Stored(seeded));
    }

    [Fact]
    public async Task A_post_without_the_pages_token_is_refused()
    {
        await using var seeded = await Seed("No token", 1);
        using var desk = await Desk.Open(host, "tokenless");
        var item = (await desk.Items(seeded.Project.Id))[0];
        desk.Http.DefaultRequestHeaders.Remove("RequestVerificationToken");
        var answer = await desk.Post(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid()));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("token", await Desk.Detail(answer));
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
        using var desk = await Desk.Open(host, $"mallory {Guid.NewGuid():n}");
        var text = body.Replace("ACCOUNT", desk.Account.ToString(), StringComparison.Ordinal).Replace("KEY", Guid.NewGuid().ToString(), StringComparison.Ordinal);
        var answer = await desk.Http.PostAsync("/api/votes", new StringContent(text, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var detail = await Desk.Detail(answer);
        Assert.Contains(said, detail);
        Assert.True(detail.Length < 250 && !detail.Contains('\n'), detail);
    }

    [Fact]
    public async Task Verdicts_that_do_not_fit_the_item_are_refused_one_by_one()
    {
        await using var seeded = await Seed("Misfits", 4);
        using var desk = await Desk.Open(host, "misfit");
        var project = seeded.Project.Id;
        var items = await desk.Items(project, 4);
        object Vote(int n, object verdict) => new { op = "vote", key = Guid.NewGuid(), project, item = items[n], verdict };
        object Tile(int index, int flags, bool displayed) => new { index, flags, displayed, unblurred = displayed };
        var outcomes = await desk.Send(
            Vote(0, new { kind = "flags", tiles = new[] { Tile(0, 0, true) } }),
            Vote(1, new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(i => Tile(i, 64, true)) }),
            Vote(2, new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(i => Tile(i, 0, false)) }),
            Vote(3, new { kind = "skip", reason = new string('x', 5000) }),
            Desk.Flag(project, items[0], Guid.NewGuid(), 1));
        Assert.Equal(["refused", "refused", "refused", "refused", "accepted"], outcomes);
        Assert.Equal(1, await Stored(seeded));
    }

    [Fact]
    public async Task A_huge_body_is_refused_before_it_is_read()
    {
        using var desk = await Desk.Open(host, "giant");
        var answer = await desk.Http.PostAsync("/api/votes", new StringContent(new string(' ', 4 << 20), Encoding.UTF8, "application/json"));
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest });
    }

    [Fact]
    public async Task A_page_with_nothing_to_judge_learns_why()
    {
        await using var seeded = await Seed("Empty", 1);
        using var first = await Desk.Open(host, "early");
        using var second = await Desk.Open(host, "late");
        var item = (await first.Items(seeded.Project.Id))[0];
        Assert.Equal("held", (string)(await second.Queue(seeded.Project.Id))["state"]!);
        await first.Send(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid(), 0));
        Assert.Equal("done", (string)(await second.Queue(seeded.Project.Id))["state"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await first.Http.GetAsync("/api/projects/987654/queue")).StatusCode);
    }

    [Fact]
    public async Task While_the_first_images_are_made_the_answer_says_how_far_that_is()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Being sampled", LabelingTask.FlagBatch, 3, finish: false);
        using var desk = await Desk.Open(host, "impatient");
        var before = await desk.Queue(seeded.Project.Id);
        Assert.Equal(("sampling", 0, 3), ((string)before["state"]!, (int)before["sampling"]!["done"]!, (int)before["sampling"]!["total"]!));
        await seeded.AddGroup(0);
        Assert.Single(await desk.Items(seeded.Project.Id));
    }

    [Fact]
    public async Task Leases_are_prolonged_and_what_was_lost_is_named()
    {
        await using var seeded = await Seed("Leases", 2);
        using var holder = await Desk.Open(host, "prolonger");
        using var other = await Desk.Open(host, "bystander");
        var mine = await holder.Items(seeded.Project.Id, 1);
        var theirs = await other.Items(seeded.Project.Id, 1);
        var answer = await holder.Http.PostAsJsonAsync($"/api/projects/{seeded.Project.Id}/leases", new { items = mine.Concat(theirs) });
        var lost = (await answer.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>())!["items"]!.AsArray();
        Assert.Equal(theirs, lost.Select(item => (long)item!));
    }

    [Fact]
    public async Task Nobody_is_handed_what_they_asked_not_to_see_or_more_than_they_wanted_to_see_in_a_day()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Sensitive", LabelingTask.FlagBatch, 3, new() { Blurred = true, SensitiveKind = "violence" });
        using var careful = await Desk.Open(host, "careful");
        using var squeamish = await Desk.Open(host, "squeamish");
        await using (var db = await seeded.Open())
        {
            (await db.Users.SingleAsync(a => a.Id == careful.Account)).LimitExposure(7);
            (await db.Users.SingleAsync(a => a.Id == squeamish.Account)).OptOutOf(["violence"]);
            await db.SaveChangesAsync();
        }
        Assert.Equal("opted-out", (string)(await squeamish.Queue(seeded.Project.Id))["state"]!);
        var item = (await careful.Items(seeded.Project.Id, 1))[0];
        await careful.Send(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid(), 3));
        Assert.Equal("exposure", (string)(await careful.Queue(seeded.Project.Id))["state"]!);
    }

    [Fact]
    public async Task A_vote_that_comes_when_the_item_has_its_votes_is_kept_as_surplus()
    {
        await using var seeded = await Seed("Surplus", 1);
        using var slow = await Desk.Open(host, "slow");
        using var quick = await Desk.Open(host, "quick");
        var item = (await slow.Items(seeded.Project.Id))[0];
        await seeded.Get<ItemQueue>().Release(slow.Account, [item]);
        Assert.Equal([item], await quick.Items(seeded.Project.Id));
        Assert.Equal(["accepted"], await quick.Send(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid())));
        Assert.Equal(["surplus"], await slow.Send(Desk.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1)));
    }

    [Fact]
    public async Task Votes_that_come_in_another_order_are_stored_once_each_and_an_undo_before_its_vote_waits_for_it()
    {
        await using var seeded = await Seed("Reordered", 3);
        using var desk = await Desk.Open(host, "reorderer");
        var items = await desk.Items(seeded.Project.Id, 3);
        var keys = items.Select(_ => Guid.NewGuid()).ToList();
        var votes = items.Select((item, n) => Desk.Flag(seeded.Project.Id, item, keys[n], n)).ToList();
        var undo = Desk.Undo(seeded.Project.Id, items[0], keys[0]);
        Assert.Equal(["refused", "accepted", "accepted"], await desk.Send(undo, votes[2], votes[1]));
        Assert.Equal(["duplicate", "accepted", "accepted", "duplicate"], await desk.Send(votes[1], votes[0], undo, votes[0]));
        await using var db = await seeded.Open();
        var standing = await db.Votes.Where(v => v.ProjectId == seeded.Project.Id && v.Kind == VoteKind.Judgement && v.SupersededById == null).Select(v => v.Key).ToListAsync();
        Assert.Equal(keys.Skip(1).Order(), standing.Order());
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", -5000)]
    [InlineData("2199-01-01T00:00:00Z", int.MaxValue)]
    public async Task A_senders_clock_that_jumps_loses_nothing_and_is_not_believed(string at, int durationMs)
    {
        await using var seeded = await Seed($"Clock {durationMs}", 1);
        using var desk = await Desk.Open(host, $"jumper {durationMs}");
        var item = (await desk.Items(seeded.Project.Id))[0];
        var vote = new { op = "vote", key = Guid.NewGuid(), project = seeded.Project.Id, item, durationMs, at, verdict = new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(index => new { index, flags = 0, displayed = true, unblurred = true }) } };
        Assert.Equal(["accepted"], await desk.Send(vote));
        await using var db = await seeded.Open();
        var stored = await db.Votes.SingleAsync(v => v.ProjectId == seeded.Project.Id);
        Assert.Equal(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), stored.ClientTime);
        Assert.InRange(stored.At, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow);
        Assert.Equal(Math.Max(0, durationMs), stored.DurationMs);
    }

    private Task<SeededProject> Seed(string name, int groups) => SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups);

    private static async Task<int> Stored(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        return await db.Votes.CountAsync(v => v.ProjectId == seeded.Project.Id);
    }
}
