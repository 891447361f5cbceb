using System.IO.Compression;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>What leads and admins do with what a project has gone through.</summary>
[Collection(nameof(Browsing))]
public sealed class LoopPageTests(Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task An_epoch_s_history_time_line_charts_and_log_are_looked_through_and_pictures_chosen_and_taken_along()
    {
        await Trained();
        await using var admin = await site.Admin();
        var page = admin.Page;
        await admin.Go("/p/faces/epochs");
        var rows = page.Locator(".data-table tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await page.Sort("Epoch");
        await Expect(rows.First).ToContainTextAsync("complete");
        await page.GetByText("Export", new() { Exact = true }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Pairs, CSV" })).ToBeVisibleAsync();
        await admin.Take("epochs-table", fullPage: true);

        await rows.First.GetByRole(AriaRole.Link, new() { Name = "1", Exact = true }).ClickAsync();
        await Expect(page.Locator(".time-line li")).ToHaveCountAsync(4);
        await Expect(page.Locator(".charts figure")).ToHaveCountAsync(7);
        await Expect(rows).ToHaveCountAsync(25);
        await page.GetByLabel("Search the log").FillAsync("TIMESTEP 7");
        await page.GetByLabel("Search the log").PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1);
        await admin.Take("epoch", fullPage: true);

        await admin.Go("/p/faces/checkpoints");
        await Expect(rows).ToHaveCountAsync(1);
        await admin.Take("checkpoints", fullPage: true);
        await admin.Go("/p/faces/review/items");
        await Expect(rows).ToHaveCountAsync(3);
        await admin.Take("review-items", fullPage: true);
        await admin.Go("/p/faces?with=others");
        await Expect(page.Locator(".beside-said").First).ToContainTextAsync("chance");
        await admin.Take("dashboard-beside", fullPage: true);

        await admin.Go("/p/faces/gallery?epoch=1");
        await page.Locator(".choose").Nth(1).CheckAsync();
        await page.Locator(".choose").Nth(5).CheckAsync();
        await Expect(page.Locator("[data-chosen]")).ToHaveTextAsync("2 chosen");
        await admin.Take("gallery-chosen", fullPage: true);
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Take along" }).ClickAsync());
        Assert.Equal("faces-chosen.zip", file.SuggestedFilename);
        await using (var zip = await ZipFile.OpenReadAsync(await file.PathAsync()))
        {
            Assert.Equal(3, zip.Entries.Count);
        }
        await page.GetByLabel("All of this page").CheckAsync();
        await Expect(page.Locator("[data-chosen]")).ToHaveTextAsync("21 chosen");
    }

    // Its first epoch is judged and learned from, with a worker's figures and lines; the second is being sampled. Another project is judged.
    private async Task Trained()
    {
        var faces = site.Faces;
        var who = await faces.Somebody();
        await faces.Vote(who, 3);
        await faces.Learn();
        await using var db = await faces.Open();
        var kept = await db.Projects.SingleAsync(project => project.Id == faces.Project.Id);
        kept.Change(kept.Settings with { GoalPercent = 90 });
        var job = await db.Jobs.Where(one => one.Kind == JobKind.Train).Select(one => one.Id).SingleAsync();
        var random = new Random(3);
        for (var step = 1; step <= 40; step++)
        {
            db.AddRange(new JobMetric(job, step, "margin", step / 400.0 + random.NextDouble() / 50), new JobMetric(job, step, "accuracy", 0.5 + step / 100.0), new JobMetric(job, step, "dead", step / 90.0));
            db.JobLines.Add(new(job, $"epoch 0  timestep {step,4}  accuracy {0.5 + step / 100.0:0.000}", DateTimeOffset.UtcNow.AddSeconds(step)));
        }
        for (var step = 0; step < 20; step++)
        {
            foreach (var name in new[] { "dead", "accuracy", "margin", "kl" })
            {
                db.Add(new JobMetric(job, step, JobMetric.OfTimestep + name, 1 / (1.0 + step) + random.NextDouble() / 9));
            }
        }
        await db.SaveChangesAsync();
        await using var others = await SeededProject.Create(site.Data, "Others", LabelingTask.FlagBatch, groups: 8);
        await others.Vote(who, 8, 900, 1, 2, 3, 4);
        Assert.Equal(EpochState.Complete, await db.Epochs.Where(epoch => epoch.ProjectId == faces.Project.Id && epoch.Number == 1).Select(epoch => epoch.State).SingleAsync());
    }
}
