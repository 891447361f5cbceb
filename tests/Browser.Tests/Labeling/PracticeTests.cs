using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

[Collection(nameof(Browsing))]
public sealed class PracticeTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task Practice_before_real_votes()
    {
        var project = await fixture.Seed("Practice first", groups: 4, settings: new() { PracticeItems = 2, PracticePercent = 100, Anchors = 0 });
        await using (var db = await project.Open())
        {
            foreach (var item in await db.Items.Where(i => i.ProjectId == project.Project.Id).OrderBy(i => i.Id).Take(2).ToListAsync())
            {
                item.MakeGold(new FlagVerdict([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, n == 3 ? FlagKinds.Deformed : FlagKinds.None, true, true))]), "Four eyes are one too many.");
            }
            await db.SaveChangesAsync();
        }
        await using var ann = await fixture.Invited("Practices first");
        var screen = await LabelingScreen.Open(ann, project);
        var (dialog, hint) = (screen.Page.Locator("dialog[data-dialog=practice]"), screen.Page.Locator("[data-hint]"));
        await Expect(hint).ToContainTextAsync("Practice, 1 of 2");
        await screen.Press("2", "Enter");
        await Expect(dialog).ToContainTextAsync("Not right");
        await Expect(dialog).ToContainTextAsync("Picture 4: deformed");
        await Expect(dialog).ToContainTextAsync("Four eyes are one too many.");
        await ann.Take("practice-wrong");
        await Next(screen);
        // The last picture stands there until the next one comes, and a key pressed before then is too soon.
        await Expect(hint).ToContainTextAsync("Practice, 2 of 2");
        await screen.Ready();
        await screen.Press("4", "Enter");
        await Expect(dialog.Locator("h2")).ToHaveTextAsync("Right answer");
        await Next(screen);
        await screen.Notice("practice-failed");
        await ann.Take("practice-failed");

        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        for (var n = 0; n < 2; n++)
        {
            await Expect(hint).ToContainTextAsync($"Practice, {n + 1} of 2");
            await screen.Ready();
            await screen.Press("4", "Enter");
            await Expect(dialog).ToBeVisibleAsync();
            if (n == 1)
            {
                await Expect(dialog).ToContainTextAsync("you have passed");
                await ann.Take("practice-passed");
            }
            await Next(screen);
        }
        // The last picture of the practice stands there until the next ones have come.
        await Expect(hint).ToBeHiddenAsync();
        await screen.Ready();
        Assert.Empty(await screen.Stored());
        await screen.Press("1", "Enter");
        await screen.AllSaved();
        Assert.Single(await screen.Stored());

        await using var lead = await fixture.Admin();
        await lead.Go($"/p/{project.Project.Slug}/review/practice");
        await Expect(lead.Page.GetByRole(AriaRole.Row, new() { Name = "Practices first" })).ToContainTextAsync("2 of 2");
        await lead.Take("practice-lead", fullPage: true);
    }

    // What comes sooner after the dialog has opened is taken for the key that opened it.
    private static async Task Next(LabelingScreen screen)
    {
        var dialog = screen.Page.Locator("dialog[data-dialog=practice]");
        await Expect(dialog).ToBeVisibleAsync();
        await Expect(screen.Page.Locator("dialog[data-dialog=practice][data-open]")).ToHaveCountAsync(1);
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToBeHiddenAsync();
    }
}
