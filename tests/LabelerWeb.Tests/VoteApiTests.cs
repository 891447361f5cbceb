using System.Net.Http.Json;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>Votes and undos as the labeling page sends them: late, twice, in another order, by a wrong clock, on a real database.</summary>
public sealed class VoteApiTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_vote_sent_twice_is_stored_once_and_acknowledged_both_times()
    {
        await using var seeded = await host.Seed("Replay", 1);
        using var client = await AnnotatorClient.Open(host, "replayer");
        var item = (await client.Items(seeded.Project.Id))[0];
        var vote = AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 2);
        Assert.Equal(["accepted"], await client.Send(vote));
        Assert.Equal(["duplicate", "duplicate"], await client.Send(vote, vote));
        Assert.Equal(1, await seeded.Stored());
    }

    [Fact]
    public async Task Progress_counts_what_is_stored_and_the_pairs_it_gives()
    {
        await using var seeded = await host.Seed("Progress", 3);
        using var client = await AnnotatorClient.Open(host, "counter");
        var items = await client.Items(seeded.Project.Id, 3);
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 0, 1, 2), AnnotatorClient.Flag(seeded.Project.Id, items[1], Guid.NewGuid()));
        var progress = (await client.Queue(seeded.Project.Id))["progress"]!;
        Assert.Equal((2, 12, 2, 3), ((int)progress["today"]!, (int)progress["pairsToday"]!, (int)progress["roundDone"]!, (int)progress["roundTotal"]!));
    }

    [Fact]
    public async Task An_undone_item_can_be_judged_again_in_the_same_request()
    {
        await using var seeded = await host.Seed("Undo", 1);
        using var client = await AnnotatorClient.Open(host, "undoer");
        var item = (await client.Items(seeded.Project.Id))[0];
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var outcomes = await client.Send(AnnotatorClient.Flag(seeded.Project.Id, item, first, 0), AnnotatorClient.Undo(seeded.Project.Id, item, first), AnnotatorClient.Flag(seeded.Project.Id, item, second, 1));
        Assert.Equal(["accepted", "accepted", "accepted"], outcomes);
        await using var db = await seeded.Open();
        var standing = await db.Votes.SingleAsync(v => v.ProjectId == seeded.Project.Id && v.Kind != VoteKind.Undo && v.SupersededById == null);
        Assert.Equal(second, standing.Key);
    }

    [Fact]
    public async Task The_last_votes_come_back_with_their_verdicts_so_that_undo_outlives_a_reload()
    {
        await using var seeded = await host.Seed("Recent", 2);
        using var client = await AnnotatorClient.Open(host, "rememberer");
        var items = await client.Items(seeded.Project.Id, 2);
        foreach (var (item, flagged) in items.Zip([3, 5]))
        {
            await client.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), flagged));
        }
        var recent = (await client.Http.GetFromJsonAsync<System.Text.Json.Nodes.JsonObject>($"/api/projects/{seeded.Project.Id}/votes/recent"))!["votes"]!.AsArray();
        Assert.Equal(items, recent.Select(vote => (long)vote!["item"]!["item"]!));
        Assert.Equal(1, (int)recent[0]!["verdict"]!["tiles"]!.AsArray()[3]!["flags"]!);
        Assert.Equal("flags", (string)recent[0]!["verdict"]!["kind"]!);
    }

    [Fact]
    public async Task A_vote_that_comes_when_the_item_has_its_votes_is_kept_as_surplus()
    {
        await using var seeded = await host.Seed("Surplus", 1);
        using var slow = await AnnotatorClient.Open(host, "slow");
        using var quick = await AnnotatorClient.Open(host, "quick");
        var item = (await slow.Items(seeded.Project.Id))[0];
        await seeded.Get<ItemQueue>().Release(slow.Account, [item]);
        Assert.Equal([item], await quick.Items(seeded.Project.Id));
        Assert.Equal(["accepted"], await quick.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid())));
        Assert.Equal(["surplus"], await slow.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1)));
    }

    [Fact]
    public async Task Votes_that_come_in_another_order_are_stored_once_each_and_an_undo_before_its_vote_waits_for_it()
    {
        await using var seeded = await host.Seed("Reordered", 3);
        using var client = await AnnotatorClient.Open(host, "reorderer");
        var items = await client.Items(seeded.Project.Id, 3);
        var keys = items.Select(_ => Guid.NewGuid()).ToList();
        var votes = items.Select((item, n) => AnnotatorClient.Flag(seeded.Project.Id, item, keys[n], n)).ToList();
        var undo = AnnotatorClient.Undo(seeded.Project.Id, items[0], keys[0]);
        Assert.Equal(["refused", "accepted", "accepted"], await client.Send(undo, votes[2], votes[1]));
        Assert.Equal(["duplicate", "accepted", "accepted", "duplicate"], await client.Send(votes[1], votes[0], undo, votes[0]));
        await using var db = await seeded.Open();
        var standing = await db.Votes.Where(v => v.ProjectId == seeded.Project.Id && v.Kind == VoteKind.Judgement && v.SupersededById == null).Select(v => v.Key).ToListAsync();
        Assert.Equal(keys.Skip(1).Order(), standing.Order());
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", -5000)]
    [InlineData("2199-01-01T00:00:00Z", int.MaxValue)]
    public async Task A_senders_clock_that_jumps_loses_nothing_and_is_not_believed(string at, int durationMs)
    {
        await using var seeded = await host.Seed($"Clock {durationMs}", 1);
        using var client = await AnnotatorClient.Open(host, $"jumper {durationMs}");
        var item = (await client.Items(seeded.Project.Id))[0];
        var vote = new { op = "vote", key = Guid.NewGuid(), project = seeded.Project.Id, item, durationMs, at, verdict = new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(index => new { index, flags = 0, displayed = true, unblurred = true }) } };
        Assert.Equal(["accepted"], await client.Send(vote));
        await using var db = await seeded.Open();
        var stored = await db.Votes.SingleAsync(v => v.ProjectId == seeded.Project.Id);
        Assert.Equal(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), stored.ClientTime);
        Assert.InRange(stored.At, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow);
        Assert.Equal(Math.Max(0, durationMs), stored.DurationMs);
    }
}
