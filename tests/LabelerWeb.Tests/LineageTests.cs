using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Labeler.Web.Features.Epochs;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>What a model learned from whom, what became of it, and what leads and admins do about it.</summary>
public sealed class LineageTests(WebHost host) : IClassFixture<WebHost>
{
    private const int Groups = 6;

    [Fact]
    public async Task A_worse_epoch_is_reported_where_leads_and_admins_look_and_its_button_goes_back()
    {
        await using var seeded = await Seed("Worse", new());
        using var admin = await host.SignedIn("Worse admin", Role.Admin);
        using var client = await AnnotatorClient.Open(host, "Worse annotator");
        await Judge(client, seeded, 1);
        await Learn(seeded);
        await Judge(client, seeded, 1, 2, 3, 4, 5);
        var page = $"/p/{seeded.Project.Slug}/epochs";
        var shown = await admin.GetStringAsync(page);
        Assert.Contains("Worse than epoch 1", shown);
        Assert.Contains("Normal 28.6 % against 85.7 %", shown);
        Assert.Contains(",worse", await admin.GetStringAsync($"/dashboard/{seeded.Project.Slug}/changes.csv"));

        await admin.Press(page, "Roll back");
        await using var db = await seeded.Open();
        Assert.Equal([EpochState.RolledBack, EpochState.RolledBack, EpochState.Sampling], await db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).OrderBy(e => e.Number).Select(e => e.State).ToListAsync());
        Assert.DoesNotContain("Worse than epoch", await admin.GetStringAsync(page));
    }

    [Fact]
    public async Task A_vote_that_came_sooner_than_anybody_can_look_is_marked_in_review()
    {
        await using var seeded = await host.Seed("Hasty", 2);
        using var lead = await host.SignedIn("Hasty lead", Role.Lead);
        using var client = await AnnotatorClient.Open(host, "Hasty annotator");
        var items = await client.Items(seeded.Project.Id, 2);
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1));
        var page = $"/p/{seeded.Project.Slug}/review";
        Assert.DoesNotContain("<span class=\"badge warn\">implausibly fast", await lead.GetStringAsync(page));
        var tiles = Enumerable.Range(0, 7).Select(index => new { index, flags = 0, displayed = true, unblurred = true });
        await client.Send(new { op = "vote", key = Guid.NewGuid(), project = seeded.Project.Id, item = items[1], durationMs = 120, verdict = new { kind = "flags", tiles } });
        Assert.Contains("<span class=\"badge warn\">implausibly fast", await lead.GetStringAsync(page));
        Assert.Contains("0.1 s", await lead.GetStringAsync($"{page}?show=Fast"));
        Assert.DoesNotContain("0.9 s", await lead.GetStringAsync($"{page}?show=Fast"));
    }

    [Fact]
    public async Task A_checkpoint_names_its_line_and_its_teachers_and_whoever_withdrew_the_models_they_touched()
    {
        await using var seeded = await Seed("Descent", new());
        using var lead = await host.SignedIn("Descent lead", Role.Lead);
        using var admin = await host.SignedIn("Descent admin", Role.Admin);
        using var leaves = await AnnotatorClient.Open(host, "Leaves <b>soon</b>");
        using var stays = await AnnotatorClient.Open(host, "Stays");
        await Judge(leaves, seeded, 1);
        await Learn(seeded);
        await Judge(stays, seeded, 1);
        await Learn(seeded);
        var checkpoints = await seeded.Open() is var db ? await db.Checkpoints.Where(c => c.ProjectId == seeded.Project.Id).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync() : [];
        await leaves.Http.Post("/account", "/account/withdraw");

        var page = await lead.GetStringAsync($"/lineage/{checkpoints[1]}");
        Assert.Contains($"href=\"lineage/{checkpoints[0]}\"", page);
        Assert.Contains("Stays", page);
        Assert.Contains("Leaves &lt;b&gt;soon&lt;/b&gt;", page);
        Assert.Contains("withdrew votes", page);
        Assert.DoesNotContain("Stays", await lead.GetStringAsync($"/lineage/{checkpoints[0]}"));
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/lineage/987654")).StatusCode);

        var people = await admin.GetStringAsync($"/people/{leaves.Account}");
        Assert.All(checkpoints, id => Assert.Contains($"lineage/{id}\"", people));
        Assert.Contains($"lineage/{checkpoints[0]}\"", await lead.GetStringAsync($"/p/{seeded.Project.Slug}/review"));
    }

    [Fact]
    public async Task The_history_counts_what_an_epoch_learned_from_in_its_own_algorithms_unit()
    {
        await using var seeded = await Seed("Alone", new() { Algorithm = "diffusion-kto" });
        using var client = await AnnotatorClient.Open(host, "Alone annotator");
        await Judge(client, seeded, 1);
        await Learn(seeded);
        Assert.Equal("its votes, 42 judged images", await Taught(seeded));
        await using var pairs = await Seed("Together", new());
        await Judge(client, pairs, 1);
        await Learn(pairs);
        Assert.Equal("its votes, 36 pairs", await Taught(pairs));
    }

    private static async Task<string?> Taught(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        var rows = await EpochRow.Of(db, seeded.Project.Id).Where(row => row.Number == 1).ToListAsync();
        await EpochTeaching.Read(db, seeded.Get<FileStore>(), rows, default);
        return Assert.Single(rows).Taught.Votes is { } votes ? FormattableString.Invariant(votes) : null;
    }

    [Fact]
    public async Task A_lead_lets_one_of_two_votes_decide_and_takes_a_wrong_gold_answer_back()
    {
        await using var seeded = await Seed("Decided", new() { VotesPerItem = 2 });
        using var lead = await host.SignedIn("Decided lead", Role.Lead);
        using var one = await AnnotatorClient.Open(host, "One");
        using var two = await AnnotatorClient.Open(host, "Two");
        await Judge(one, seeded, 1);
        await Judge(two, seeded, 1, 2);
        await using var db = await seeded.Open();
        var votes = await db.Votes.Where(v => v.ProjectId == seeded.Project.Id).OrderBy(v => v.Id).ToListAsync();
        var (decides, item) = (votes[0].Id, votes[0].ItemId);
        var page = $"/p/{seeded.Project.Slug}/review?show=Split";
        Assert.Contains($"votes/{decides}/decide", await lead.GetStringAsync(page));

        await lead.Post(page, $"/review/{seeded.Project.Id}/votes/{decides}/decide", ("back", page));
        var shown = await lead.GetStringAsync(page);
        Assert.Contains("That vote decides; the other is set aside.", shown);
        Assert.DoesNotContain($"votes/{decides}/decide", shown);
        Assert.Contains("Decided lead decided for another vote", await lead.GetStringAsync($"/p/{seeded.Project.Slug}/review?show=Quarantined"));

        await lead.Post(page, $"/review/{seeded.Project.Id}/votes/{decides}/gold", ("back", page));
        Assert.Contains("no longer gold", await lead.GetStringAsync($"/p/{seeded.Project.Slug}/review?show=Gold"));
        await lead.Post(page, $"/review/{seeded.Project.Id}/items/{item}/no-gold", ("back", page));
        Assert.DoesNotContain("no longer gold", await lead.GetStringAsync($"/p/{seeded.Project.Slug}/review?show=Gold"));
    }

    [Fact]
    public async Task The_list_of_work_says_how_far_the_first_pictures_are()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Being made", LabelingTask.FlagBatch, 3, finish: false);
        using var client = await AnnotatorClient.Open(host, "Waits");
        var page = await client.Http.GetStringAsync("/label");
        Assert.Contains("The first pictures are being made", page);
        Assert.Contains("0 of 3", page);
        await seeded.AddGroup(0);
        Assert.Contains("More pictures are being made", await client.Http.GetStringAsync("/label"));
    }

    private Task<SeededProject> Seed(string name, ProjectSettings settings) => SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, Groups, settings with { Anchors = 0 });

    private static async Task Learn(SeededProject seeded)
    {
        await seeded.Learn();
        for (var number = 0; number < Groups; number++)
        {
            await seeded.AddGroup(number);
        }
        await seeded.Finish();
    }

    private static async Task Judge(AnnotatorClient client, SeededProject seeded, params int[] flagged)
    {
        while (await client.Items(seeded.Project.Id) is { Count: > 0 } items)
        {
            Assert.All(await client.Send([.. items.Select(item => AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), flagged))]), outcome => Assert.Equal("accepted", outcome));
        }
    }
}
