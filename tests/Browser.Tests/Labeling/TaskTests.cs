using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

[Collection(nameof(Browsing))]
public sealed class TaskTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    private static readonly Choice[] Rubric =
    [
        new("0", "0", "No mirror, or nothing in it.", 0),
        new("1", "1", "A mirror, but what it shows is something else.", 1),
        new("3", "3", "The right object in the wrong color.", 3),
        new("6", "6", "The right object, but not flipped.", 6),
        new("10", "9", "A true reflection.", 10),
    ];

    [Fact]
    public async Task A_pair_is_judged_by_digits_and_arrows_on_the_sides_that_were_drawn()
    {
        var project = await fixture.Seed("Pairs", LabelingTask.PreferPair, 2, new() { GroupSize = 4 });
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await ann.Take("pair");
        foreach (var key in new[] { "1", "ArrowRight", "0", "9", "ArrowLeft" })
        {
            await screen.Press(key);
            await screen.Ready();
        }
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal([PairPick.Left, PairPick.Right, PairPick.Tie, PairPick.BothBad, PairPick.Left], votes.Select(v => ((PairVerdict)v.Verdict!).Pick));
        Assert.All(votes, v => Assert.Equal(((PairVerdict)v.Verdict!).FirstWins switch { true => "first", false => "second", _ => v.Choice }, v.Choice));
        await screen.Press("u");
        await Expect(screen.Page.Locator(".tile.left [aria-pressed=true]")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(LabelingTask.Categorise, "[data-choice='Label 2']", "2")]
    [InlineData(LabelingTask.Score, "[data-choice='3']", "3")]
    [InlineData(LabelingTask.PreferPair, "[data-pick='tie']", "0")]
    public async Task A_double_click_or_a_key_pressed_twice_is_one_vote(LabelingTask task, string button, string key)
    {
        Choice[] options = task switch { LabelingTask.Categorise => [.. Scale.Labels], LabelingTask.Score => [.. Rubric], _ => [] };
        var project = await fixture.Seed($"Twice {task}", task, 4, new() { Choices = options, GroupSize = task == LabelingTask.PreferPair ? 2 : 1 });
        await using var ann = await fixture.Annotator();
        // The page's clock stands between the two presses, however busy the machine is.
        await ann.Page.Clock.InstallAsync();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Ahead(2);
        await screen.WhileTheClockStands(() => screen.Page.Locator(button).DblClickAsync());
        await screen.Ready();
        await screen.AllSaved();
        Assert.Single(await screen.Stored());
        await screen.WhileTheClockStands(() => screen.Press(key, key));
        await screen.Ready();
        await screen.AllSaved();
        Assert.Equal(2, (await screen.Stored()).Count);
        // Whoever looks before the second answer gives two.
        await screen.Press(key);
        await screen.Ready();
        await screen.AllSaved();
        Assert.Equal(3, (await screen.Stored()).Count);
    }

    [Fact]
    public async Task A_phone_chooses_between_two_pictures_by_touch()
    {
        var project = await fixture.Seed("Pairs by touch", LabelingTask.PreferPair, 1, new() { GroupSize = 3 });
        await using var ann = await fixture.Annotator(LabelingFixture.Phone);
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Choose the lower picture" }).Tap();
        await screen.Ready();
        await screen.Page.Locator("[data-pick=bothBad]").Tap();
        await screen.AllSaved();
        Assert.Equal([PairPick.Right, PairPick.BothBad], (await screen.Stored()).Select(v => ((PairVerdict)v.Verdict!).Pick));
    }

    [Fact]
    public async Task Pictures_go_into_categories_by_their_keys()
    {
        Choice[] labels = [new("Label 1", "1", "A mirror with a reflection."), new("Label 2", "2", "A mirror without one."), new("Label 3", "3", "No mirror.")];
        var project = await fixture.Seed("Categories", LabelingTask.Categorise, 1, new() { Choices = labels });
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await ann.Take("categorise");
        foreach (var key in new[] { "3", "1", "2" })
        {
            await screen.Press(key);
            await screen.Ready();
        }
        await screen.AllSaved();
        Assert.Equal(["Label 3", "Label 1", "Label 2"], (await screen.Stored()).Select(v => v.Choice));
    }

    [Fact]
    public async Task Every_scores_definition_is_in_sight_and_its_key_gives_it()
    {
        var project = await fixture.Seed("Scores", LabelingTask.Score, 1, new() { Choices = Rubric });
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        foreach (var choice in Rubric)
        {
            await Expect(screen.Page.GetByText(choice.Definition)).ToBeInViewportAsync();
        }
        await ann.Take("score");
        foreach (var key in new[] { "9", "0", "6" })
        {
            await screen.Press(key);
            await screen.Ready();
        }
        await screen.Page.Locator("[data-choice='3']").ClickAsync();
        await screen.AllSaved();
        Assert.Equal([10, 0, 6, 3], (await screen.Stored()).Select(v => v.Score));
    }

    [Fact]
    public async Task Two_annotators_never_hold_the_same_item()
    {
        var project = await fixture.Seed("Shared work", groups: 12);
        await using var ann = await fixture.Annotator();
        await using var ben = await fixture.Invited("Berta");
        var (one, two) = (await LabelingScreen.Open(ann, project), await LabelingScreen.Open(ben, project));
        for (var n = 0; n < 3; n++)
        {
            await one.Flag(1);
            await two.Flag(2);
        }
        await one.AllSaved();
        await two.AllSaved();
        var votes = await one.Stored();
        Assert.Equal(6, votes.Count);
        Assert.Equal(6, votes.Select(v => v.ItemId).Distinct().Count());
        Assert.DoesNotContain(votes, v => v.Surplus);
    }

    [Fact]
    public async Task Pages_without_work_say_why_and_go_on_by_themselves()
    {
        var project = await fixture.Seed("Being made", groups: 2, finish: false);
        await using var ann = await fixture.Annotator();
        var screen = new LabelingScreen(ann, project);
        await ann.Go($"/p/{project.Project.Slug}/label");
        await screen.Notice("sampling");
        await Expect(screen.Page.Locator("[data-stage]")).ToContainTextAsync("0 / 2");
        await ann.Take("notice-sampling");
        await project.AddGroup(0);
        await screen.Ready();
        await screen.Press("Enter");
        await screen.Notice("sampling");
        await project.AddGroup(1);
        await project.Finish();
        await screen.Ready();
        await screen.Press("Enter");
        await screen.Notice("done");
        await ann.Take("notice-done");
    }

    [Fact]
    public async Task The_start_page_shows_what_is_left_and_old_votes_can_be_reopened_with_a_reason()
    {
        var project = await fixture.Seed("History", groups: 4);
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        var first = await screen.PromptText();
        await screen.Flag(1, 2);
        await screen.Flag(7);
        await screen.AllSaved();
        await ann.Go("/label");
        await Expect(screen.Page.Locator(".project-card", new() { HasText = "History" })).ToContainTextAsync("2 / 4");
        await ann.Take("choose-project", fullPage: true);
        await ann.Go($"/p/{project.Project.Slug}/label/history");
        await Expect(screen.Page.Locator(".history > li")).ToHaveCountAsync(2);
        await ann.Take("history", fullPage: true);
        await screen.Page.GetByText("Judge it again").Last.ClickAsync();
        await screen.Page.GetByPlaceholder("Why?").Last.FillAsync("the thumb was there");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Reopen" }).Last.ClickAsync();
        await Expect(screen.Prompt).ToHaveTextAsync(first);
        await screen.Ready();
        await screen.Flag(3);
        await screen.AllSaved();
        Assert.Equal([1, 1], (await screen.Stored()).Select(v => v.Flagged));
    }
}
