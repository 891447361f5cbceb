using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

[Collection(nameof(Browsing))]
public sealed class FlagTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task Digits_flag_and_Enter_commits_the_rest_as_normal()
    {
        var project = await fixture.Seed("Flag by keys", settings: new() { Guidelines = "# Hands\nFlag a hand that has **not five** fingers.\n\n- ghosts count\n- blurred is fine" });
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Press("2", "5");
        await Expect(screen.Tile(2)).ToHaveAttributeAsync("aria-label", "Picture 2: deformed");
        await Expect(screen.Page.Locator("[data-signal]")).ToContainTextAsync("10 pairs");
        await ann.Take("flag");
        await screen.Press("5", "Enter");
        await screen.Ready();
        await screen.Flag();
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal([1, 0], votes.Select(v => v.Flagged));
        Assert.All(votes, v => Assert.Equal(7, v.Seen));
        Assert.All(votes, v => Assert.InRange(v.DurationMs, 1, 60_000));
        await Expect(screen.Page.Locator("[data-figure=today]")).ToHaveTextAsync("2");
        await screen.Press("g");
        await ann.Take("flag-guidelines");
        await screen.Press("g", "?");
        await Expect(screen.Page.Locator("dialog[open]")).ToContainTextAsync("commit: the rest are normal");
        await ann.Take("flag-keys");
        await screen.Press("Escape");
    }

    [Fact]
    public async Task Two_kinds_of_flag_have_a_key_each_and_both_can_stand_on_one_picture()
    {
        var project = await fixture.Seed("Two flags", settings: new() { Flags = FlagKinds.Deformed | FlagKinds.Unsafe });
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Press("1", "Shift+Digit1", "Shift+Digit4", "6");
        await screen.Tile(7).ClickAsync(new() { Button = Microsoft.Playwright.MouseButton.Right });
        await ann.Take("flag-two-kinds");
        await screen.Page.Locator(".segment.unsafe").ClickAsync();
        await screen.Press("3");
        await screen.Press("Enter");
        await screen.AllSaved();
        var verdict = Assert.IsType<FlagVerdict>((await screen.Stored()).Single().Verdict);
        var (both, bad, harm) = (FlagKinds.Deformed | FlagKinds.Unsafe, FlagKinds.Deformed, FlagKinds.Unsafe);
        Assert.Equal([both, FlagKinds.None, harm, harm, FlagKinds.None, bad, harm], verdict.Tiles.Select(t => t.Flags));
    }

    [Fact]
    public async Task A_key_moved_in_the_profile_commits_and_the_old_one_does_nothing()
    {
        var project = await fixture.Seed("Moved key");
        await using var ann = await fixture.Invited("Kim");
        await ann.Go("/account");
        await ann.Page.Locator("#key-commit").SelectOptionAsync("c");
        await ann.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Save the keys" }).ClickAsync();
        await Expect(ann.Page.GetByText("Your keys are saved.")).ToBeVisibleAsync();
        var screen = await LabelingScreen.Open(ann, project);
        await Expect(screen.Page.Locator("[data-key-of=commit]").First).ToHaveTextAsync("C");
        var first = await screen.PromptText();
        await screen.Press("1", "Enter");
        await Expect(screen.Prompt).ToHaveTextAsync(first);
        await screen.Press("c");
        await screen.Ready();
        await Expect(screen.Prompt).Not.ToHaveTextAsync(first);
        await screen.AllSaved();
        Assert.Equal(1, Assert.Single(await screen.Stored()).Flagged);
    }

    [Fact]
    public async Task A_held_Enter_commits_once()
    {
        var project = await fixture.Seed("Held key");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        for (var repeats = 0; repeats < 5; repeats++)
        {
            await screen.Page.Keyboard.DownAsync("Enter");
        }
        await screen.Page.Keyboard.UpAsync("Enter");
        await screen.Ready();
        await screen.AllSaved();
        Assert.Single(await screen.Stored());
    }

    [Fact]
    public async Task Undo_takes_the_last_vote_back_also_after_a_reload()
    {
        var project = await fixture.Seed("Undo");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        var first = await screen.PromptText();
        await screen.Flag(1);
        await screen.Flag(2);
        await screen.Press("u", "Control+z");
        await Expect(screen.Prompt).ToHaveTextAsync(first);
        await Expect(screen.Tile(1)).ToHaveAttributeAsync("aria-pressed", "true");
        await screen.Ready();
        await screen.Flag(3);
        await screen.AllSaved();
        Assert.Equal([2], (await screen.Stored()).Select(v => v.Flagged));

        await ann.Go("/label");
        screen = await LabelingScreen.Open(ann, project);
        await screen.Press("u");
        await Expect(screen.Prompt).ToHaveTextAsync(first);
        await Expect(screen.Tile(3)).ToHaveAttributeAsync("aria-pressed", "true");
        await screen.AllSaved();
        Assert.Empty(await screen.Stored());
    }

    [Fact]
    public async Task Arrows_look_back_and_a_changed_judgement_replaces_the_old_one()
    {
        var project = await fixture.Seed("Look back");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Flag(1);
        await screen.Press("ArrowLeft");
        await Expect(screen.Tile(1)).ToHaveAttributeAsync("aria-pressed", "true");
        await screen.Ready();
        await ann.Take("flag-look-back");
        await screen.Flag(6);
        await screen.AllSaved();
        var vote = Assert.Single(await screen.Stored());
        Assert.Equal(2, vote.Flagged);
    }

    [Fact]
    public async Task Keys_rest_while_a_reason_is_typed()
    {
        var project = await fixture.Seed("Reasons");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Press(" ");
        await ann.Take("flag-reason");
        var field = screen.Page.GetByLabel("Another reason");
        await field.FillAsync("");
        await screen.Page.Keyboard.TypeAsync("7 ugly bugs, u know 1 2 z");
        await Expect(field).ToHaveValueAsync("7 ugly bugs, u know 1 2 z");
        await Expect(screen.Page.Locator("[aria-pressed=true][data-tile]")).ToHaveCountAsync(0);
        await screen.Press("Enter");
        await screen.Ready();
        await screen.Press(" ", "1");
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal([VoteKind.Skip, VoteKind.Skip], votes.Select(v => v.Kind));
        Assert.Equal(["7 ugly bugs, u know 1 2 z", "Cannot tell"], votes.Select(v => v.Reason));
    }

    [Fact]
    public async Task A_phone_flags_by_touch()
    {
        var project = await fixture.Seed("Touch", settings: new() { Flags = FlagKinds.Deformed | FlagKinds.Unsafe });
        await using var ann = await fixture.Annotator(LabelingFixture.Phone);
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Tile(3).Tap();
        await ann.Take("flag-touch");
        await screen.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Rest fine" }).Tap();
        await screen.AllSaved();
        var verdict = Assert.IsType<FlagVerdict>((await screen.Stored()).Single().Verdict);
        Assert.Equal([2], verdict.Tiles.Where(t => t.Flags == FlagKinds.Deformed).Select(t => t.Index));
        Assert.All(verdict.Tiles, t => Assert.True(t.Displayed));
    }

    [Fact]
    public async Task A_narrow_window_with_a_mouse_shows_the_whole_of_the_last_button()
    {
        var project = await fixture.Seed("Narrow");
        await using var ann = await fixture.Annotator(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var screen = await LabelingScreen.Open(ann, project);
        var button = await screen.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Rest normal" }).BoundingBoxAsync();
        Assert.InRange(button!.X + button.Width, 200, 390);
    }

    [Fact]
    public async Task Z_enlarges_while_it_is_held_and_a_digit_chooses_the_picture()
    {
        var project = await fixture.Seed("Zoom");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Page.Keyboard.DownAsync("z");
        await screen.Press("4");
        await Expect(screen.Page.Locator("dialog.zoom img")).ToBeVisibleAsync();
        await ann.Take("flag-zoom");
        await screen.Page.Keyboard.UpAsync("z");
        await Expect(screen.Page.Locator("dialog.zoom")).ToHaveCountAsync(0);
        await Expect(screen.Page.Locator("[aria-pressed=true][data-tile]")).ToHaveCountAsync(0);
    }
}
