using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

/// <summary>A group brought into an order by keyboard, mouse and touch.</summary>
[Collection(nameof(Browsing))]
public sealed class RankTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task A_group_is_ranked_by_keyboard_with_ties_moves_and_undo()
    {
        var (project, screen) = await Open("Ranked by keyboard", 5, groups: 3);
        await using var ann = screen.Visitor;
        await screen.Press("Enter");
        await Expect(screen.Warning).ToContainTextAsync("Nothing has a place yet");
        await screen.Press("3", "1", "4", "0", "2");
        await Expect(screen.Tile(4)).ToHaveAttributeAsync("aria-label", "Picture 4: 2nd of 5, tied");
        await Expect(screen.Page.Locator("[data-signal] [data-text]")).ToHaveTextAsync("9 pairs");
        await ann.Take("rank");
        // Picture 2 was placed last: it goes before the two that are tied. One is left over and comes last.
        await screen.Press("ArrowLeft", "Enter");
        await screen.Ready();
        // The second group: the best two, one of them taken back and placed again, and what is left tied after a second Enter.
        await screen.Press("5", "1", "1", "2", "Enter");
        await Expect(screen.Warning).ToContainTextAsync("3 pictures have no place yet");
        await screen.Press("Enter");
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal(["2 | 1 | 0,3 | 4", "4 | 1 | 0,2,3"], votes.Select(Order));
        Assert.Equal([5, 5], votes.Select(vote => vote.Seen));

        await screen.Ready();
        await screen.Press("u");
        await Expect(screen.Tile(5)).ToHaveAttributeAsync("aria-label", "Picture 5: 1st of 5");
        await screen.Ready();
        await screen.Press("5", "5", "Enter", "Enter");
        await screen.AllSaved();
        Assert.Equal(["2 | 1 | 0,3 | 4", "1 | 0,2,3 | 4"], (await screen.Stored()).Select(Order));
        Assert.Equal([9, 7], await PairsOf(project));
    }

    [Fact]
    public async Task A_ranking_that_was_gone_back_to_shows_its_order_and_a_new_one_takes_its_place()
    {
        var (_, screen) = await Open("Ranked and gone back to", 3, groups: 2);
        await using var ann = screen.Visitor;
        await screen.Press("2", "3", "1", "Enter");
        await screen.Ready();
        await screen.Page.Locator("[data-action=previous]").ClickAsync();
        await Expect(screen.Page.Locator(".labeling-back")).ToBeVisibleAsync();
        await Expect(screen.Tile(2)).ToHaveAttributeAsync("aria-label", "Picture 2: 1st of 3");
        await screen.Ready();
        await screen.Tile(1).ClickAsync();
        await screen.Press("ArrowLeft", "ArrowLeft", "Enter");
        await screen.AllSaved();
        Assert.Equal(["0 | 1 | 2"], (await screen.Stored()).Select(Order));
        await ann.Go($"/p/{screen.Slug}/label");
        await screen.Ready();
        await screen.Press("u");
        await Expect(screen.Tile(1)).ToHaveAttributeAsync("aria-label", "Picture 1: 1st of 3");
    }

    [Fact]
    public async Task Pictures_are_carried_into_their_order_by_mouse()
    {
        var (_, screen) = await Open("Ranked by mouse", 4, groups: 1);
        await using var ann = screen.Visitor;
        // Clicks give places; carrying to the left edge of another puts before it, to its middle ties.
        await screen.Tile(2).ClickAsync();
        await screen.Tile(4).ClickAsync();
        await Carry(screen, 3, 2, .1f, async () => await ann.Take("rank-carried"));
        await Carry(screen, 1, 4, .5f);
        await Expect(screen.Tile(1)).ToHaveAttributeAsync("aria-label", "Picture 1: 3rd of 4, tied");
        await Expect(screen.Tile(3)).ToHaveAttributeAsync("aria-label", "Picture 3: 1st of 4");
        // What ends on its own place was not carried and is no click either.
        await Carry(screen, 3, 3, .8f);
        await Expect(screen.Tile(3)).ToHaveAttributeAsync("aria-label", "Picture 3: 1st of 4");
        await screen.Page.Locator("[data-action=commit]").ClickAsync();
        await screen.AllSaved();
        Assert.Equal(["2 | 1 | 0,3"], (await screen.Stored()).Select(Order));
    }

    [Fact]
    public async Task A_phone_ranks_by_touch()
    {
        var (project, screen) = await Open("Ranked by touch", 7, groups: 2, LabelingFixture.Phone);
        await using var ann = screen.Visitor;
        for (var tile = 1; tile <= 7; tile++)
        {
            await Expect(screen.Tile(tile)).ToBeInViewportAsync(new() { Ratio = 1 });
        }
        foreach (var tile in new[] { 7, 1, 2, 3 })
        {
            await screen.Tile(tile).Tap();
        }
        await screen.Page.Locator("[data-tie]").Tap();
        await Swipe(screen, 5, 7, .1f);
        await ann.Take("rank-phone");
        await screen.Page.Locator("[data-action=commit]").Tap();
        await Expect(screen.Warning).ToContainTextAsync("2 pictures have no place yet");
        await screen.Page.Locator("[data-action=commit]").Tap();
        await screen.AllSaved();
        Assert.Equal(["4 | 6 | 0 | 1,2 | 3,5"], (await screen.Stored()).Select(Order));
        Assert.Equal([19], await PairsOf(project));
        Assert.Equal(0, await screen.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
    }

    [Fact]
    public async Task What_is_still_blurred_is_not_ranked()
    {
        var (_, screen) = await Open("Ranked when seen", 2, groups: 1, blurred: true);
        await using var ann = screen.Visitor;
        await Expect(screen.Page.Locator("[data-stage] .frame.loading")).ToHaveCountAsync(0);
        await screen.Press("1", "Enter");
        await Expect(screen.Warning).ToContainTextAsync("still blurred");
        await screen.Page.Keyboard.DownAsync("b");
        await Expect(screen.Page.Locator("[data-stage] .frame.seen")).ToHaveCountAsync(2);
        await screen.Page.Keyboard.UpAsync("b");
        await screen.Press("Enter");
        await screen.AllSaved();
        var vote = (await screen.Stored()).Single();
        Assert.Equal(("0 | 1", 2), (Order(vote), vote.Exposed));
    }

    [Fact]
    public async Task Two_pictures_of_two_epochs_are_judged_as_a_pair_between_rankings()
    {
        var (project, screen) = await Open("Ranked with a pair", 3, groups: 3);
        await using var ann = screen.Visitor;
        await using (var db = await project.Open())
        {
            var images = await db.Images.Where(image => db.Groups.Any(group => group.Id == image.GroupId && group.ProjectId == project.Project.Id)).OrderBy(image => image.Id).Select(image => image.Id).ToListAsync();
            var second = (await db.Items.Where(item => item.ProjectId == project.Project.Id).OrderBy(item => item.Rank).Select(item => item.Id).ToListAsync())[1];
            await db.Items.Where(item => item.Id == second).ExecuteUpdateAsync(set => set.SetProperty(item => item.FirstId, images[0]).SetProperty(item => item.SecondId, images[8]));
        }
        await ann.Go($"/p/{project.Project.Slug}/label");
        await screen.Ready();
        await screen.Press("3", "2", "1", "Enter");
        await Expect(screen.Page.Locator(".pair")).ToBeVisibleAsync();
        await screen.Ready();
        await ann.Take("rank-pair");
        await screen.Press("2");
        await screen.Ready();
        await screen.Press("1", "2", "3", "Enter");
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal(PairPick.Right, ((PairVerdict)votes[1].Verdict!).Pick);
        Assert.Equal(["2 | 1 | 0", "0 | 1 | 2"], new[] { votes[0], votes[2] }.Select(Order));
    }

    [Fact]
    public async Task A_pair_project_with_groups_of_five_hands_out_what_the_sort_asks_next()
    {
        var project = await fixture.Seed("Sorted by pairs", LabelingTask.PreferPair, 1, new() { GroupSize = 5 });
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        var asked = 0;
        for (; asked < 12 && await Open(); asked++)
        {
            await screen.Ready();
            await screen.Press("1");
            while ((await screen.Stored()).Count == asked)
            {
                await Task.Delay(50);
            }
        }
        await screen.Notice("done");
        await screen.AllSaved();
        Assert.InRange(asked, 5, 8);
        Assert.Equal(asked, (await screen.Stored()).Count);

        async Task<bool> Open()
        {
            await using var db = await project.Open();
            return await db.Items.AnyAsync(item => item.ProjectId == project.Project.Id && item.State == ItemState.Open);
        }
    }

    private async Task<(SeededProject Project, LabelingScreen Screen)> Open(string name, int size, int groups, BrowserNewContextOptions? device = null, bool blurred = false)
    {
        var project = await fixture.Seed(name, LabelingTask.Rank, groups, new() { GroupSize = size, Blurred = blurred, SensitiveKind = blurred ? "violence" : "" });
        return (project, await LabelingScreen.Open(await fixture.Annotator(device), project));
    }

    private static string Order(Vote vote) => string.Join(" | ", ((RankVerdict)vote.Verdict!).Order.Select(tied => string.Join(',', tied)));

    private static async Task<IEnumerable<int>> PairsOf(SeededProject project)
    {
        await using var db = await project.Open();
        var epoch = await db.Epochs.SingleAsync(e => e.ProjectId == project.Project.Id);
        return (await project.Get<EpochCycle>().DryRun(epoch.Id)).Preferences.Groups.Select(group => group.Pairs.Count).ToList();
    }

    /// <summary>From the middle of a tile to so much of the width of another.</summary>
    private static async Task<((float X, float Y) From, (float X, float Y) To)> Way(LabelingScreen screen, int tile, int to, float across)
    {
        var (a, b) = ((await screen.Tile(tile).BoundingBoxAsync())!, (await screen.Tile(to).BoundingBoxAsync())!);
        return ((a.X + a.Width / 2, a.Y + a.Height / 2), (b.X + b.Width * across, b.Y + b.Height / 2));
    }

    private static async Task Carry(LabelingScreen screen, int tile, int to, float across, Func<Task>? before = null)
    {
        var (start, end) = await Way(screen, tile, to, across);
        var mouse = screen.Page.Mouse;
        await mouse.MoveAsync(start.X, start.Y);
        await mouse.DownAsync();
        await mouse.MoveAsync(end.X, end.Y, new() { Steps = 5 });
        if (before is not null)
        {
            await before();
        }
        await mouse.UpAsync();
    }

    private static async Task Swipe(LabelingScreen screen, int tile, int to, float across)
    {
        var (start, end) = await Way(screen, tile, to, across);
        var touch = await screen.Page.Context.NewCDPSessionAsync(screen.Page);
        Task Send(string type, params (float X, float Y)[] points) => touch.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type,
            ["touchPoints"] = points.Select(point => new { x = point.X, y = point.Y }).ToArray(),
        });
        await Send("touchStart", start);
        for (var step = 1; step <= 5; step++)
        {
            await Send("touchMove", (start.X + (end.X - start.X) * step / 5, start.Y + (end.Y - start.Y) * step / 5));
        }
        await Send("touchEnd");
    }
}
