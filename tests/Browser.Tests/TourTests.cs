using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>What somebody is shown who comes for the first time.</summary>
[Collection(nameof(OwnServer))]
public sealed class TourTests(Browsing browsing)
{
    [Fact]
    public async Task Each_role_is_shown_around_once_by_keyboard_and_again_from_the_menu_in_both_languages()
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false", "Tours:Start=true");
        await using var seeded = await SeededProject.Create(server.Data, "Faces", LabelingTask.FlagBatch, groups: 2);
        await using var admin = await browsing.FirstAdmin(server);
        await Walk(admin, "Make a project", "Your account", "tour-admin");
        await admin.Page.ReloadAsync();
        await Expect(admin.Page.Locator(".topbar")).ToBeVisibleAsync();
        await Expect(admin.Page.Locator("template#tour:not([data-start])")).ToBeAttachedAsync();

        await using var lead = await browsing.Invite(server, admin, Role.Lead, "Lea");
        await Walk(lead, "A project is the place", "Your account", "tour-lead");
        await Again(lead);
        await Expect(lead.Page.Locator(".tour h2")).ToHaveTextAsync("A project is the place");
        await lead.Page.Keyboard.PressAsync("Escape");
        await Expect(lead.Page.Locator(".tour")).ToHaveCountAsync(0);
        await Expect(lead.Page.Locator(".toured")).ToHaveCountAsync(0);

        await using var ann = await browsing.Invite(server, admin, Role.Annotator, "Ann");
        await Walk(ann, "This is where you start", "Your account", "tour-annotator");
        await ann.Page.Locator(".topbar .dropdown > summary").ClickAsync();
        await ann.Page.GetByRole(AriaRole.Button, new() { Name = "简体中文" }).ClickAsync();
        await ann.Go("/p/faces/label");
        await Walk(ann, "用键盘标注", "看什么", "tour-labeling-chinese");
        // Keys that the tour took judge nothing.
        await Expect(ann.Page.Locator("[data-figure=today]")).ToHaveTextAsync("0");
        await using var db = await seeded.Open();
        Assert.Empty(db.Votes);
    }

    // From the first step to the last and out, without a mouse.
    private static async Task Walk(Visitor visitor, string first, string last, string name)
    {
        var page = visitor.Page;
        var tour = page.Locator("dialog.tour[open]");
        var title = tour.Locator("h2");
        await Expect(title).ToHaveTextAsync(first);
        await Expect(title).ToBeFocusedAsync();
        await Expect(page.Locator(".toured")).ToHaveCountAsync(1);
        Assert.True(await tour.EvaluateAsync<bool>("dialog => document.getElementById(dialog.getAttribute('aria-labelledby')).textContent.length > 0 && document.getElementById(dialog.getAttribute('aria-describedby')).textContent.length > 0"));
        await visitor.Take(name);
        var steps = int.Parse((await tour.Locator("[data-count]").TextContentAsync())!.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(steps, 3, 6);
        for (var step = 1; step < steps; step++)
        {
            await page.Keyboard.PressAsync("ArrowRight");
        }
        await Expect(title).ToHaveTextAsync(last);
        var box = (await tour.BoundingBoxAsync())!;
        Assert.True(box.X >= 0 && box.Y >= 0 && box.X + box.Width <= page.ViewportSize!.Width && box.Y + box.Height <= page.ViewportSize.Height);
        await tour.Locator("[data-tour-next]").FocusAsync();
        var remembered = page.WaitForResponseAsync(answer => answer.Url.EndsWith("/account/tour", StringComparison.Ordinal));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(204, (await remembered).Status);
        await Expect(page.Locator(".tour")).ToHaveCountAsync(0);
        await Expect(page.Locator(".toured")).ToHaveCountAsync(0);
    }

    private static async Task Again(Visitor visitor)
    {
        await visitor.Go("/account");
        await visitor.Page.Locator(".topbar .dropdown > summary").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Show me around" }).ClickAsync();
    }
}
