using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

[Collection(nameof(Browsing))]
public sealed class CheckTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task The_safety_check_by_two_people()
    {
        var project = await fixture.Seed("Safety check", groups: 2, settings: new() { Flags = FlagKinds.Unsafe, SecondPersonChecks = true });
        await using var first = await fixture.Annotator();
        var screen = await LabelingScreen.Open(first, project);
        await Expect(screen.Page.Locator("[data-hint]")).ToBeHiddenAsync();
        await screen.Flag(2, 5);
        await screen.Press("1", "Enter");
        await screen.AllSaved();
        await screen.Notice("checking");
        await first.Take("check-waits");

        await using var second = await fixture.Invited("Second pair of eyes");
        var look = await LabelingScreen.Open(second, project);
        await Expect(look.Page.Locator("[data-hint]")).ToContainTextAsync("another person’s flags");
        await Expect(look.Tile(2)).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(look.Tile(3)).ToHaveAttributeAsync("aria-pressed", "false");
        await second.Take("check");
        await look.Press("Enter");
        await look.Ready();
        // Taken back, and confirmed again.
        await look.Press("u");
        await Expect(look.Page.Locator("[data-commit]")).ToHaveTextAsync("Confirm");
        await look.Ready();
        await look.Press("Enter");
        await look.Ready();
        await look.Press("7");
        await Expect(look.Page.Locator("[data-commit]")).ToHaveTextAsync("Save changes");
        await second.Take("check-changed");
        await look.Press("Enter");
        await look.AllSaved();
        await look.Notice("done");

        await using var lead = await fixture.Admin();
        await lead.Go($"/p/{project.Project.Slug}/review?show=Checks");
        await Expect(lead.Page.Locator(".history > li")).ToHaveCountAsync(1);
        await Expect(lead.Page.GetByText("waits for a lead")).ToHaveCountAsync(2);
        await lead.Take("check-decide");
        await lead.Page.GetByRole(AriaRole.Button, new() { Name = "The second is right" }).ClickAsync();
        await Expect(lead.Page.GetByText("No check waits for a lead")).ToBeVisibleAsync();
        await using var db = await project.Open();
        var counting = db.Votes.Effective().Where(v => v.ProjectId == project.Project.Id).OrderBy(v => v.Id).Select(v => v.Flagged).ToList();
        Assert.Equal([2, 2], counting);
    }

    [Fact]
    public async Task A_phone_checks_by_touch_and_blurred_pictures_are_looked_at_before_they_are_confirmed()
    {
        var project = await fixture.Seed("Blurred check", groups: 1, settings: new() { Flags = FlagKinds.Unsafe, Blurred = true, SecondPersonChecks = true, GroupSize = 2 });
        await using var first = await fixture.Annotator();
        var screen = await LabelingScreen.Open(first, project);
        await screen.Page.Keyboard.DownAsync("b");
        await Expect(screen.Page.Locator("[data-stage] .frame.seen")).ToHaveCountAsync(2);
        await screen.Press("1", "Enter");
        await screen.Page.Keyboard.UpAsync("b");
        await screen.AllSaved();

        await using var second = await fixture.Invited("Checks on a phone");
        await second.Page.SetViewportSizeAsync(390, 844);
        var look = await LabelingScreen.Open(second, project);
        var confirm = look.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm" });
        await confirm.ClickAsync();
        await Expect(look.Warning).ToContainTextAsync("blurred");
        await confirm.ClickAsync();
        await Expect(look.Warning).ToBeVisibleAsync();
        Assert.Single(await look.Stored());
        await second.Take("check-phone");
        await look.Page.GetByRole(AriaRole.Button, new() { Name = "Show picture 1 without blur" }).ClickAsync();
        await look.Page.GetByRole(AriaRole.Button, new() { Name = "Show picture 2 without blur" }).ClickAsync();
        await confirm.ClickAsync();
        await look.AllSaved();
        Assert.Equal([VoteCheck.Counts, VoteCheck.Confirms], (await look.Stored()).Select(v => v.Check));
    }
}
