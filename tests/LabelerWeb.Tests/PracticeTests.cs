extern alias engine;

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using engine::Labeler.TrainingEngine.Experiments.Annotating;
using engine::Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Labeler.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>The practice before votes count: over HTTP, as the pages do it.</summary>
public sealed class PracticeTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Answers_are_told_what_is_right_and_whoever_passes_gets_items_that_count()
    {
        await using var seeded = await Seed("Practice api", gold: 2);
        using var client = await AnnotatorClient.Open(host, "Practices");
        var project = seeded.Project.Id;
        var first = await client.Queue(project);
        Assert.Equal(("practice", 1), ((string)first["state"]!, first["items"]!.AsArray().Count));
        Assert.Equal((1, 0, 2), ((int)first["items"]![0]!["practice"]!, (int)first["practice"]!["answered"]!, (int)first["practice"]!["of"]!));

        var wrong = await Answer(client, project, first, 5);
        Assert.Equal((false, "Picture 4: deformed. The rest are normal.", "a finger is missing"), ((bool)wrong["right"]!, (string)wrong["answer"]!, (string)wrong["note"]!));
        await Answer(client, project, await client.Queue(project), 3);
        Assert.Equal(("practice-failed", 1), ((string)(await client.Queue(project))["state"]!, (int)(await client.Queue(project))["practice"]!["right"]!));

        using var again = await client.Http.PostAsJsonAsync($"/api/projects/{project}/practice/again", new { });
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        await Answer(client, project, await client.Queue(project), 3);
        var passed = await Answer(client, project, await client.Queue(project), 3);
        Assert.Equal("passed", (string)passed["practice"]!["state"]!);
        Assert.Equal("open", (string)(await client.Queue(project))["state"]!);
        Assert.Equal(0, await seeded.Stored());
    }

    [Fact]
    public async Task A_lead_sets_it_sees_who_is_in_lets_people_in_and_asks_again()
    {
        await using var seeded = await Seed("Practice lead", gold: 2, asked: 0);
        using var lead = await host.SignedIn("Practice lead", Role.Lead);
        using var client = await AnnotatorClient.Open(host, "Waits for a word");
        var (project, page) = (seeded.Project.Id, $"/p/{seeded.Project.Slug}/review/practice");
        await lead.Post(page, $"/review/{project}/practice", ("items", "2"), ("percent", "100"));
        await Answer(client, project, await client.Queue(project), 5);
        Assert.Contains("0 of 1", await lead.GetStringAsync(page));

        await lead.Post(page, $"/review/{project}/practice/{client.Account}/let-in");
        Assert.Contains("let in by Practice lead", await lead.GetStringAsync(page));
        Assert.Equal("open", (string)(await client.Queue(project))["state"]!);
        await lead.Post(page, $"/review/{project}/practice/{client.Account}/again");
        Assert.Contains("asked again by Practice lead", await lead.GetStringAsync(page));
        Assert.Equal("practice", (string)(await client.Queue(project))["state"]!);

        Assert.DoesNotContain("items", (await lead.Post(page, $"/review/{project}/practice", ("items", "101"), ("percent", "100"))).Headers.Location!.ToString());
        Assert.Equal(2, await host.With<Labeler.Shared.Data.LabelerDb, int>(async db => (await db.Projects.SingleAsync(p => p.Id == project)).Settings.PracticeItems));
    }

    [Fact]
    public async Task A_project_that_lacks_known_answers_says_so_before_anybody_labels_until_a_file_brings_them()
    {
        await using var seeded = await Seed("Practice lacks", gold: 0);
        using var admin = await host.SignedIn("Practice admin", Role.Admin);
        using var client = await AnnotatorClient.Open(host, "Too early");
        var (project, page) = (seeded.Project.Id, $"/p/{seeded.Project.Slug}/review/practice");
        Assert.Equal(("practice-missing", 0), ((string)(await client.Queue(project))["state"]!, (await client.Queue(project))["items"]!.AsArray().Count));
        Assert.Contains("has too few yet", await client.Http.GetStringAsync("/label"));
        Assert.Contains("Nobody can practice", await admin.GetStringAsync(page));
        Assert.Contains("the practice lacks 2 items", await admin.GetStringAsync($"/p/{seeded.Project.Slug}/settings"));

        await using var db = await seeded.Open();
        var groups = await db.Items.Where(i => i.ProjectId == project).OrderBy(i => i.Id).Select(i => i.GroupId).Take(2).ToListAsync();
        var verdict = Labeler.Shared.Data.JsonText.Write<Verdict>(Right).Replace("\"", "\"\"", StringComparison.Ordinal);
        Assert.Contains("Line 3", await Send(admin, page, project, $"group,verdict\n{groups[0]},\"{verdict}\"\n987654,\"{verdict}\"\n"));
        Assert.Contains("2 items are gold by the file", await Send(admin, page, project, $"group,verdict\n{groups[0]},\"{verdict}\"\n{groups[1]},\"{verdict}\"\n"));
        Assert.Equal("practice", (string)(await client.Queue(project))["state"]!);
    }

    [Fact]
    public async Task The_simulated_annotator_practices_before_it_votes()
    {
        var settings = new ProjectSettings { Flags = FlagKinds.Deformed, GroupSize = 4, PracticeItems = 2, PracticePercent = 100, Anchors = 0 };
        await using var seeded = await SeededProject.Create(host.Data, "Practice simulated", LabelingTask.FlagBatch, 4, settings, finish: false);
        for (var group = 0; group < 4; group++)
        {
            var scenes = Enumerable.Range(0, 4).Select(index => engine::Labeler.TrainingEngine.MirrorWorld.Scenes.Scene.Draw(41, (group * 4) + index, SceneFamily.Hand)).ToList();
            await seeded.AddGroup(group, scenes[0].Prompt, [.. scenes.Select(scene => scene.Picture)]);
            if (group < 2)
            {
                await using var db = await seeded.Open();
                var item = await db.Items.OrderByDescending(i => i.Id).FirstAsync();
                item.MakeGold(new FlagVerdict([.. scenes.Select((scene, n) => new TileVerdict(n, scene.Truth.IsGood ? FlagKinds.None : FlagKinds.Deformed, true, true))]));
                await db.SaveChangesAsync();
            }
        }
        await seeded.Finish();
        await host.Make("sim practices", Role.Annotator);
        using var program = await host.Program("sim practices", TokenScope.Label);
        var desk = await LabelingClient.Open(program, seeded.Project.Slug, default);
        var said = new StringWriter();
        Assert.Equal(2, await new AnnotatorAtWork(desk, new SimulatedAnnotator(new()), new(TimeSpan.Zero), TimeProvider.System, said).Work(default));
        Assert.Equal(2, said.ToString().Split('\n').Count(line => line.StartsWith("practice", StringComparison.Ordinal)));
    }

    private static FlagVerdict Right => new([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, n == 3 ? FlagKinds.Deformed : FlagKinds.None, true, true))]);

    private async Task<SeededProject> Seed(string name, int gold, int asked = 2)
    {
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, gold + 3, new() { PracticeItems = asked, PracticePercent = 100, Anchors = 0 });
        await using var db = await seeded.Open();
        foreach (var item in await db.Items.Where(i => i.ProjectId == seeded.Project.Id).OrderBy(i => i.Id).Take(gold).ToListAsync())
        {
            item.MakeGold(Right, "a finger is missing");
        }
        await db.SaveChangesAsync();
        return seeded;
    }

    private static async Task<JsonObject> Answer(AnnotatorClient client, long project, JsonObject queue, int flagged)
    {
        var verdict = new { kind = "flags", tiles = Enumerable.Range(0, 7).Select(index => new { index, flags = index == flagged ? 1 : 0, displayed = true, unblurred = true }) };
        using var answer = await client.Http.PostAsJsonAsync($"/api/projects/{project}/practice", new { key = Guid.NewGuid(), item = (long)queue["items"]![0]!["item"]!, verdict });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static async Task<string> Send(HttpClient browser, string page, long project, string csv)
    {
        using var form = new MultipartFormDataContent { { new StringContent(await browser.FormToken(page)), "__RequestVerificationToken" } };
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), "file", "gold.csv");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/review/{project}/practice/gold") { Content = form };
        request.Headers.Referrer = new Uri(browser.BaseAddress!, page);
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return await browser.GetStringAsync(page);
    }
}
