using Labeler.Shared.Epochs;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>A project that trains on a server's scores by itself, with the worker and the bundled model.</summary>
[Collection(nameof(OwnServer))]
public sealed class RewardRunTests(Browsing browsing)
{
    [Fact]
    public async Task A_project_trains_three_epochs_on_a_server_s_scores_unattended_and_its_held_out_curve_is_drawn()
    {
        await using var scores = await ScoreServer.Start();
        await using var server = await OwnServer.Start(browsing, "Rewards:AllowPrivateAddresses=true");
        var (admin, data) = (server.Admin, server.Data);
        var project = await SampledProject.Start(data, "Brighter hands", groups: 2, passes: 1, steps: 2);
        await using (var db = await data.Open())
        {
            var kept = await db.Projects.Include(p => p.Prompts).SingleAsync();
            kept.UsePrompts(["1 hand"], ["2 hands"]);
            kept.Change(kept.Settings with { EvaluationImages = 8, Algorithm = "ddpo" });
            await db.SaveChangesAsync();
        }
        await project.Reaches(1, EpochState.Labeling);

        // An admin sets the reward up and looks at its answers.
        var page = admin.Page;
        await admin.Go("/system/rewards");
        await page.GetByRole(AriaRole.Link, new() { Name = "New reward" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "A server of scores" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Bright");
        await page.GetByLabel("Address").FillAsync(scores.Address);
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync("a-secret");
        await admin.Take("reward-form", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as a draft" }).ClickAsync();
        await Expect(page.GetByText("kept encrypted")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try it", Exact = true }).ClickAsync();
        await Expect(page.Locator(".scored strong").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^\d"), new() { Timeout = 2 * Minutes });
        Assert.Equal("Bearer a-secret", scores.Authorization);
        await admin.Take("reward-tried", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it into use" }).ClickAsync();
        await Expect(page.GetByText("It is in use: projects can name it.")).ToBeVisibleAsync();

        // It starts the run and leaves it alone.
        await admin.Go("/p/brighter-hands/rewards");
        await page.GetByLabel("Epochs", new() { Exact = true }).FillAsync("3");
        await page.GetByLabel("Stop when over-optimized").UncheckAsync();
        await page.GetByLabel("Stop below a diversity of").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the run" }).ClickAsync();
        await admin.Confirm();
        await Expect(page.GetByText("epoch 1 of 3")).ToBeVisibleAsync();
        await Expect(page.GetByText("All 3 epochs are trained.")).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });

        var figure = page.Locator(".figure", new() { HasText = "Bright" }).First;
        await Expect(figure.Locator("svg .dashed polyline")).ToHaveCountAsync(1);
        await Expect(figure.Locator(".legend")).ToContainTextAsync("held out");
        Assert.Equal(3, await data.Read(db => db.Epochs.CountAsync(epoch => epoch.State == EpochState.Complete)));
        Assert.Equal(0, await data.Read(db => db.Votes.CountAsync()));
        await admin.Take("reward-run", fullPage: true);
        Assert.DoesNotContain("a-secret", await page.ContentAsync(), StringComparison.Ordinal);
        await admin.Go("/p/brighter-hands/epochs");
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "Bright, 8 scored pictures" })).ToHaveCountAsync(3);
        await page.GetByRole(AriaRole.Link, new() { Name = "lineage" }).First.ClickAsync();
        await Expect(page.GetByText("the reward Bright, and no vote")).ToBeVisibleAsync();
    }
}
