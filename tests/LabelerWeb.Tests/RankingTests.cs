using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>A group brought into an order, from the labeling page's interface to what a lead reads.</summary>
public sealed class RankingTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_ranking_that_is_sent_is_stored_gives_its_pairs_and_comes_back_for_undo()
    {
        await using var seeded = await Seed("Ranked over HTTP");
        using var client = await AnnotatorClient.Open(host, "ranker");
        var queue = await client.Queue(seeded.Project.Id);
        var item = queue["items"]![0]!;
        Assert.Equal((4, false), (item["images"]!.AsArray().Count, (bool)item["pair"]!));
        Assert.Equal(["accepted"], await client.Send(Vote(seeded, (long)item["item"]!, [[2], [0, 3], [1]])));
        Assert.Equal(5, (int)(await client.Queue(seeded.Project.Id))["progress"]!["pairsToday"]!);

        await using var db = await seeded.Open();
        var epoch = await db.Epochs.SingleAsync(e => e.ProjectId == seeded.Project.Id);
        var pairs = (await seeded.Get<EpochCycle>().DryRun(epoch.Id)).Manifest.Groups.Single().Preferences;
        Assert.Equal([(0, 1), (2, 0), (2, 1), (2, 3), (3, 1)], pairs.Select(pair => (pair.Winner, pair.Loser)).Order());
        var recent = (await client.Http.GetFromJsonAsync<JsonObject>($"/api/projects/{seeded.Project.Id}/votes/recent"))!["votes"]!.AsArray();
        Assert.Equal("""{"kind":"ranking","order":[[2],[0,3],[1]],"displayed":true,"unblurred":true}""", recent.Single()!["verdict"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"kind":"ranking","order":null,"displayed":true,"unblurred":true}""")]
    [InlineData("""{"kind":"ranking","order":[[0],[1]],"displayed":true,"unblurred":true}""")]
    [InlineData("""{"kind":"ranking","order":[null],"displayed":true,"unblurred":true}""")]
    public async Task An_order_without_every_picture_is_not_stored(string verdict)
    {
        await using var seeded = await Seed($"Short {Guid.NewGuid():N}");
        using var client = await AnnotatorClient.Open(host, $"hasty ranker {Guid.NewGuid():N}");
        var item = (await client.Items(seeded.Project.Id))[0];
        using var answer = await client.Post(new { op = "vote", key = Guid.NewGuid(), project = seeded.Project.Id, item, verdict = JsonNode.Parse(verdict) });
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest || body.Contains("exactly one place", StringComparison.Ordinal), body);
        Assert.Equal(0, await seeded.Stored());
    }

    [Fact]
    public async Task History_review_gallery_dashboard_and_exports_tell_the_order()
    {
        await using var seeded = await Seed("Ranked and read");
        using var lead = await AnnotatorClient.Open(host, "admin who ranks", Role.Admin);
        foreach (var item in await lead.Items(seeded.Project.Id))
        {
            await lead.Send(Vote(seeded, item, [[2], [0, 3], [1]]));
        }
        Assert.Contains("3, 1 = 4, 2", await lead.Http.GetStringAsync($"/p/{seeded.Project.Slug}/label/history"));
        var review = await lead.Http.GetStringAsync($"/p/{seeded.Project.Slug}/review");
        Assert.Contains("best first: 3, 1 = 4, 2", review);
        Assert.Contains("place 2.5", review);
        Assert.Contains("won 3, lost 0", await lead.Http.GetStringAsync($"/p/{seeded.Project.Slug}/gallery"));
        Assert.Contains("in order", await lead.Http.GetStringAsync($"/dashboard/{seeded.Project.Slug}/labels.csv"));
        await using var db = await seeded.Open();
        var epoch = await db.Epochs.SingleAsync(e => e.ProjectId == seeded.Project.Id);
        var votes = await lead.Http.GetStringAsync($"/epochs/{epoch.Id}/votes.csv");
        Assert.Contains("[[2],[0,3],[1]]", votes);
    }

    private static object Vote(SeededProject seeded, long item, int[][] order) => new
    {
        op = "vote",
        key = Guid.NewGuid(),
        project = seeded.Project.Id,
        item,
        durationMs = 900,
        verdict = new { kind = "ranking", order, displayed = true, unblurred = true },
    };

    private Task<SeededProject> Seed(string name) => SeededProject.Create(host.Data, name, LabelingTask.Rank, 1, new() { GroupSize = 4 });
}
