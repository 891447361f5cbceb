using Labeler.Shared.Voting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

/// <summary>What the network may do without a vote being lost or doubled.</summary>
[Collection(nameof(Browsing))]
public sealed class OutboxTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    private const string Votes = "**/api/votes";

    [Fact]
    public async Task Three_votes_made_offline_are_sent_when_the_network_is_back()
    {
        var project = await fixture.Seed("Offline");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Flag(1);
        await screen.AllSaved();
        await screen.Ahead(3);
        ann.Expect("ERR_INTERNET_DISCONNECTED");
        await ann.Context.SetOfflineAsync(true);
        for (var tile = 1; tile <= 3; tile++)
        {
            await screen.Flag(tile);
        }
        await screen.Waiting(3);
        await ann.Take("offline");
        await Expect(screen.Page.Locator("[data-figure=today]")).ToHaveTextAsync("1");
        Assert.Single(await screen.Stored());
        await ann.Context.SetOfflineAsync(false);
        await screen.AllSaved();
        await Expect(screen.Page.Locator("[data-figure=today]")).ToHaveTextAsync("4");
        Assert.Equal(4, (await screen.Stored()).Select(v => v.ItemId).Distinct().Count());
    }

    [Fact]
    public async Task When_everything_at_hand_is_judged_offline_the_page_says_that_the_votes_are_kept()
    {
        var project = await fixture.Seed("Long offline", groups: 3);
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Ahead(2);
        ann.Expect("ERR_INTERNET_DISCONNECTED");
        await ann.Context.SetOfflineAsync(true);
        await screen.Flag(1);
        await screen.Flag(2);
        await screen.Press("Enter");
        await screen.Notice("offline");
        await ann.Take("notice-offline");
        await ann.Context.SetOfflineAsync(false);
        await screen.AllSaved();
        await screen.Notice("done");
        Assert.Equal(3, (await screen.Stored()).Count);
    }

    [Fact]
    public async Task Earlier_votes_that_are_told_late_do_not_send_a_verdict_to_another_group()
    {
        const string recent = "**/votes/recent";
        var project = await fixture.Seed("Told late");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await screen.Flag(1);
        await screen.AllSaved();

        var (asked, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        await screen.Page.RouteAsync(recent, async route =>
        {
            var answer = await route.FetchAsync();
            asked.SetResult();
            await told.Task;
            await route.FulfillAsync(new() { Response = answer });
        });
        screen = await LabelingScreen.Open(ann, project);
        await asked.Task;
        await screen.Flag(2);
        await screen.AllSaved();
        await screen.Page.RunAndWaitForResponseAsync(() => Task.FromResult(told.TrySetResult()), recent);
        // Another answer: the one before it has been worked on.
        await screen.Page.EvaluateAsync("() => fetch('/api/session').then(answer => answer.json())");
        await screen.Flag(3);
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal([0, 1, 2], votes.Select(v => ((FlagVerdict)v.Verdict!).Tiles.Single(t => t.Flags != 0).Index));
        Assert.Equal(3, votes.Select(v => v.ItemId).Distinct().Count());

        // And undo goes back from the newest, through what was told late.
        foreach (var left in new[] { 2, 1, 0 })
        {
            await screen.Press("u");
            await screen.AllSaved();
            Assert.Equal(votes.Take(left).Select(v => v.Key), (await screen.Stored()).Select(v => v.Key));
        }
    }

    [Fact]
    public async Task Votes_that_could_not_be_sent_outlive_the_page()
    {
        var project = await fixture.Seed("Left behind");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        ann.Expect("ERR_FAILED");
        await screen.Page.RouteAsync(Votes, route => route.AbortAsync());
        await screen.Flag(1);
        await screen.Flag(2);
        await screen.Waiting(2);
        await ann.Go("/error/404");
        Assert.Empty(await screen.Stored());
        await screen.Page.UnrouteAsync(Votes);
        screen = await LabelingScreen.Open(ann, project);
        await screen.AllSaved();
        Assert.Equal([1, 1], (await screen.Stored()).Select(v => v.Flagged));
    }

    [Fact]
    public async Task A_lost_acknowledgement_doubles_nothing()
    {
        var project = await fixture.Seed("Lost answer");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        ann.Expect("ERR_CONNECTION_RESET");
        var lost = 0;
        await screen.Page.RouteAsync(Votes, async route =>
        {
            if (Interlocked.Increment(ref lost) > 1)
            {
                await route.ContinueAsync();
                return;
            }
            await route.FetchAsync();
            await route.AbortAsync("connectionreset");
        });
        await screen.Flag(4);
        await screen.AllSaved();
        Assert.True(lost > 1);
        Assert.Equal(1, Assert.Single(await screen.Stored()).Flagged);
    }

    [Fact]
    public async Task A_failing_server_leaves_the_page_usable()
    {
        var project = await fixture.Seed("Failing server");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        ann.Expect("500");
        await screen.Page.RouteAsync(Votes, route => route.FulfillAsync(new() { Status = 500, ContentType = "application/json", Body = """{"detail":"disk full"}""" }));
        await screen.Flag(1);
        await screen.Waiting(1);
        await screen.Flag(2);
        await screen.Press("u");
        await screen.Ready();
        // The group comes back as it was judged, so its old flag is taken off again.
        await screen.Flag(2, 3);
        await screen.Page.UnrouteAsync(Votes);
        await screen.Saved.ClickAsync();
        await screen.AllSaved();
        var votes = await screen.Stored();
        Assert.Equal(2, votes.Count);
        Assert.Equal([0, 2], votes.Select(v => ((FlagVerdict)v.Verdict!).Tiles.Single(t => t.Flags != 0).Index));
    }

    [Fact]
    public async Task A_refused_vote_is_shown_with_its_reason_and_blocks_nothing()
    {
        var project = await fixture.Seed("Refused");
        await using var ann = await fixture.Annotator();
        var screen = await LabelingScreen.Open(ann, project);
        await using (var db = await project.Open())
        {
            foreach (var lease in db.Leases.Where(l => l.Item!.ProjectId == project.Project.Id).OrderBy(l => l.Item!.Rank).Take(1).ToList())
            {
                await project.Get<ItemQueue>().Unblind(lease.AnnotatorId, lease.ItemId);
            }
        }

        await screen.Flag(1);
        await Expect(screen.Saved).ToHaveTextAsync("1 refused");
        await screen.Flag(2);
        await screen.Saved.ClickAsync();
        await Expect(screen.Page.Locator("[data-dialog=refused]")).ToContainTextAsync("would not be blind");
        await ann.Take("refused");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Let it go" }).ClickAsync();
        await screen.AllSaved();
        Assert.Single(await screen.Stored());
    }

    [Fact]
    public async Task Votes_of_one_account_are_never_sent_under_another_in_the_same_browser()
    {
        var project = await fixture.Seed("Shared browser");
        await using var ann = await fixture.Invited("Xenia");
        await using var other = await fixture.Invited("Yoko");
        var screen = await LabelingScreen.Open(ann, project);
        ann.Expect("ERR_FAILED");
        ann.Expect("400");
        await screen.Page.RouteAsync(Votes, route => route.AbortAsync());
        await screen.Flag(1);
        await screen.Waiting(1);
        // Another tab of this browser signs in as somebody else; the page with the votes stays open.
        await ann.Context.AddCookiesAsync((await other.Context.CookiesAsync()).Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path }));
        await screen.Page.UnrouteAsync(Votes);
        await screen.Saved.ClickAsync();
        await Expect(screen.Saved).ToHaveAttributeAsync("data-saved", "other-account");
        Assert.Empty(await screen.Stored());
        // The new account's own page does not send them either.
        var theirs = await LabelingScreen.Open(ann, project);
        await theirs.Flag(5, 6);
        await theirs.AllSaved();
        var vote = Assert.Single(await screen.Stored());
        Assert.Equal(2, vote.Flagged);
        // Signed in again, the first account's vote goes out. What the open page was fetching meanwhile is refused.
        ann.Expect("401");
        await ann.Context.ClearCookiesAsync();
        await ann.SignIn("Xenia");
        await LabelingScreen.Open(ann, project);
        await screen.AllSaved();
        Assert.Equal(2, (await screen.Stored()).Select(v => v.AnnotatorId).Distinct().Count());
    }
}
