using Labeler.Shared.Voting;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

/// <summary>What was not seen is not judged, and the page says what is missing.</summary>
[Collection(nameof(Browsing))]
public sealed class UnseenTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task What_is_said_of_pictures_on_their_way_goes_when_they_are_there()
    {
        var project = await fixture.Seed("Slow pictures", groups: 1);
        await using var ann = await fixture.Annotator();
        var released = new TaskCompletionSource();
        await ann.Page.RouteAsync("**/api/images/**", async route =>
        {
            await released.Task;
            await route.ContinueAsync();
        });
        await ann.Go($"/p/{project.Project.Slug}/label");
        var screen = new LabelingScreen(ann, project);
        await Expect(screen.Page.Locator("[data-stage] .frame.loading")).ToHaveCountAsync(7);
        await screen.Press("Enter");
        await Expect(screen.Warning).ToHaveTextAsync("The pictures are not seen yet.");
        released.SetResult();
        await screen.Ready();
        await Expect(screen.Warning).ToBeHiddenAsync();
        await screen.Press("Enter");
        await screen.AllSaved();
        Assert.Equal(7, (await screen.Stored()).Single().Seen);
    }

    [Fact]
    public async Task A_sensitive_picture_stays_blurred_until_it_is_looked_at_and_says_so_in_the_vote()
    {
        var project = await fixture.Seed("Sensitive", settings: new() { Blurred = true, SensitiveKind = "violence" });
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        var blurred = screen.Page.Locator(".frame.blurred");
        await Expect(blurred).ToHaveCountAsync(7);
        await ann.Take("sensitive");
        await screen.Press("Enter");
        // Of pictures that are still on their way it says so first.
        await Expect(screen.Warning).ToContainTextAsync("still blurred");
        await screen.Tile(2).ClickAsync();
        await Expect(blurred).ToHaveCountAsync(6);
        await Expect(screen.Tile(2)).ToHaveAttributeAsync("aria-pressed", "false");
        await screen.Press("3", "Enter");
        await screen.Press("Enter");
        await screen.AllSaved();
        var first = (FlagVerdict)(await screen.Stored()).Single().Verdict!;
        Assert.Equal([1], first.Tiles.Where(t => t.Unblurred).Select(t => t.Index));

        await screen.Page.Keyboard.DownAsync("b");
        await Expect(blurred).ToHaveCountAsync(0);
        await Expect(screen.Page.Locator(".frame.seen")).ToHaveCountAsync(7);
        await screen.Page.Keyboard.UpAsync("b");
        await Expect(blurred).ToHaveCountAsync(7);
        await screen.Ready();
        await screen.Press("Enter");
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal(2, votes.Count);
        Assert.Equal([2, 7], votes.Select(v => v.Seen));
        Assert.Equal([1, 7], votes.Select(v => v.Exposed));
    }
}
