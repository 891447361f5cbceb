using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Epochs;
using Labeler.Shared.Statistics;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Labeler.Browser.Tests.OwnServer;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>Checkpoints compared by people, from the form to the figures, with the worker and the bundled model.</summary>
[Collection(nameof(OwnServer))]
public sealed class EvaluationTests(Browsing browsing)
{
    [Fact]
    public async Task Two_raters_judge_a_duel_of_two_checkpoints_and_its_page_tells_who_wins()
    {
        await using var server = await OwnServer.Start(browsing);
        await using var ann = await server.Annotator("Ann");
        await using var bo = await server.Annotator("Bo");
        var (admin, data) = (server.Admin, server.Data);
        var trained = await SampledProject.Start(data, "Hands", groups: 2, passes: 1);
        await trained.VoteAndTrain();
        await trained.Reaches(1, EpochState.Complete);

        var page = admin.Page;
        await admin.Go("/compare/evaluations");
        await page.GetByRole(AriaRole.Link, new() { Name = "New evaluation" }).First.ClickAsync();
        await page.Locator("#name").FillAsync("Which hand?");
        await page.Locator("input[value='base:models/mirror-world']").CheckAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Hands" }).GetByLabel("epoch 1", new() { Exact = true }).CheckAsync();
        await page.Locator("#prompts").FillAsync("1 hand");
        await page.Locator("#prompts-of").SelectOptionAsync("");
        await page.Locator("#fixed").FillAsync("2");
        await page.Locator("#random").FillAsync("1");
        await page.Locator("#raters").FillAsync("2");
        await admin.Take("evaluation-new", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the pictures" }).ClickAsync();
        await Expect(page.GetByText("6 pictures are being made, then people are asked 3 questions.")).ToBeVisibleAsync();
        // The page goes on by itself when the pictures are there.
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Pictures and votes" })).ToBeVisibleAsync(new() { Timeout = 8 * Minutes });

        await Judge(ann, data);
        await Judge(bo, data);
        var wins = page.Locator("section", new() { HasText = "Share of wins against all others" });
        await Expect(wins).ToContainTextAsync("100.0 % of 3 pairs");
        await Expect(page.Locator(".win-matrix")).ToContainTextAsync("100.0 %");
        await Expect(page.GetByText("Questions judged")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        await admin.Take("evaluation-duel", fullPage: true);

        var evaluation = await data.Read(db => db.Evaluations.SingleAsync());
        var results = await data.Read(db => DuelResults.Read(db, evaluation));
        Assert.Equal([(0, 0.0, 6), (1, 6, 6)], results.Where(r => r.Against is null).Select(r => (r.Contestant, r.Wins.Count, r.Votes)));
        await admin.Go("/compare/evaluations/which-hand/pictures");
        await Expect(page.Locator(".comparison")).ToHaveCountAsync(3);
        await Expect(page.GetByText("preferred by 2")).ToHaveCountAsync(3);
        await admin.Take("evaluation-pictures", fullPage: true);

        await admin.Go("/compare/leaderboard?project=hands");
        await Expect(page.Locator(".bars dt")).ToHaveTextAsync(["1. Hands, epoch 1", "1. base model models/mirror-world"]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Leaderboard" })).ToHaveAttributeAsync("aria-current", "page");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        await admin.Take("leaderboard", fullPage: true);
    }

    /// <summary>Prefers the trained checkpoint's picture of every pair, by the keys; which side that is only the database knows.</summary>
    private static async Task Judge(Visitor rater, OpenedData data)
    {
        var screen = await LabelingScreen.Open(rater, "which-hand");
        for (var n = 0; n < 3; n++)
        {
            var shown = await rater.Page.Locator("[data-stage] .frame img").First.GetAttributeAsync("src");
            var left = await data.Read(db => db.Items.Where(i => i.SecondId != null).AnyAsync(i => shown!.Contains(i.Second!.ContentHash)));
            await screen.Press(left ? "1" : "2");
            await Expect(rater.Page.Locator("[data-saved]")).ToHaveAttributeAsync("data-saved", "saved");
            if (n < 2)
            {
                await screen.Ready();
            }
        }
        await screen.Notice("done");
    }
}
