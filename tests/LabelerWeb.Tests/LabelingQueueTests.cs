using System.Net;
using System.Net.Http.Json;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>What the labeling page is given to judge, and what it learns when there is nothing, on a real database.</summary>
public sealed class LabelingQueueTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task An_item_comes_without_model_epoch_seed_or_votes()
    {
        await using var seeded = await host.Seed("Blind", 2);
        using var client = await AnnotatorClient.Open(host, "blind");
        var answer = await client.Queue(seeded.Project.Id, 1);
        Assert.Equal("open", (string)answer["state"]!);
        var item = answer["items"]!.AsArray().Single()!.AsObject();
        Assert.Equal(["item", "prompt", "images", "pair"], item.Select(p => p.Key));
        Assert.Equal(["hash", "width", "height"], item["images"]!.AsArray()[0]!.AsObject().Select(p => p.Key));
    }

    [Fact]
    public async Task What_the_page_holds_is_not_handed_to_it_again_and_never_to_two_people()
    {
        await using var seeded = await host.Seed("Two people", 6);
        using var first = await AnnotatorClient.Open(host, "first of two");
        using var second = await AnnotatorClient.Open(host, "second of two");
        var mine = await first.Items(seeded.Project.Id, 2);
        var more = await first.Items(seeded.Project.Id, 2, string.Join(',', mine));
        var theirs = await second.Items(seeded.Project.Id, 6);
        Assert.Equal(6, mine.Concat(more).Concat(theirs).Distinct().Count());
        Assert.Equal(2, theirs.Count);
    }

    [Fact]
    public async Task A_page_with_nothing_to_judge_learns_why()
    {
        await using var seeded = await host.Seed("Empty", 1);
        using var first = await AnnotatorClient.Open(host, "early");
        using var second = await AnnotatorClient.Open(host, "late");
        var item = (await first.Items(seeded.Project.Id))[0];
        Assert.Equal("held", (string)(await second.Queue(seeded.Project.Id))["state"]!);
        await first.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 0));
        Assert.Equal("done", (string)(await second.Queue(seeded.Project.Id))["state"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await first.Http.GetAsync("/api/projects/987654/queue")).StatusCode);
    }

    [Fact]
    public async Task While_the_first_images_are_made_the_answer_says_how_far_that_is()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Being sampled", LabelingTask.FlagBatch, 3, finish: false);
        using var client = await AnnotatorClient.Open(host, "impatient");
        var before = await client.Queue(seeded.Project.Id);
        Assert.Equal(("sampling", 0, 3), ((string)before["state"]!, (int)before["sampling"]!["done"]!, (int)before["sampling"]!["total"]!));
        await seeded.AddGroup(0);
        Assert.Single(await client.Items(seeded.Project.Id));
    }

    [Fact]
    public async Task Leases_are_prolonged_and_what_was_lost_is_named()
    {
        await using var seeded = await host.Seed("Leases", 2);
        using var holder = await AnnotatorClient.Open(host, "prolonger");
        using var other = await AnnotatorClient.Open(host, "bystander");
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
        using var careful = await AnnotatorClient.Open(host, "careful");
        using var squeamish = await AnnotatorClient.Open(host, "squeamish");
        await using (var db = await seeded.Open())
        {
            (await db.Users.SingleAsync(a => a.Id == careful.Account)).LimitExposure(7);
            (await db.Users.SingleAsync(a => a.Id == squeamish.Account)).OptOutOf(["violence"]);
            await db.SaveChangesAsync();
        }
        Assert.Equal("opted-out", (string)(await squeamish.Queue(seeded.Project.Id))["state"]!);
        var item = (await careful.Items(seeded.Project.Id, 1))[0];
        await careful.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 3));
        Assert.Equal("exposure", (string)(await careful.Queue(seeded.Project.Id))["state"]!);
    }

    [Fact]
    public async Task Somebody_who_withdrew_is_told_so_and_what_they_judged_is_asked_again()
    {
        await using var seeded = await host.Seed("Withdrawn", 1);
        using var leaves = await AnnotatorClient.Open(host, "withdrawer");
        var item = (await leaves.Items(seeded.Project.Id, 1))[0];
        await leaves.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 3));
        await leaves.Http.Post("/account", "/account/withdraw");
        Assert.Equal("withdrawn", (string)(await leaves.Queue(seeded.Project.Id))["state"]!);
        using var other = await AnnotatorClient.Open(host, "successor");
        Assert.Equal([item], await other.Items(seeded.Project.Id, 1));
    }
}
