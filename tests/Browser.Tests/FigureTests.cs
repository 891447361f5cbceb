using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>What leads see once there are votes. Leaving a visitor checks that no chart broke its page.</summary>
[Collection(nameof(Browsing))]
public sealed class FigureTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Theory]
    [InlineData(LabelingTask.FlagBatch, "Rates per epoch")]
    [InlineData(LabelingTask.Score, "Score proportions per epoch")]
    [InlineData(LabelingTask.Categorise, "Labels per epoch")]
    [InlineData(LabelingTask.PreferPair, "Labels per epoch")]
    [InlineData(LabelingTask.Rank, "Pairs in order per epoch")]
    public async Task The_dashboard_draws_the_votes_of_every_task_and_takes_up_new_ones_without_reload(LabelingTask task, string figure)
    {
        var seeded = await fixture.Seed($"Figures of {task}", task, groups: 3, Settings(task));
        await using var admin = await fixture.Admin();
        var who = await seeded.Somebody();
        await seeded.Vote(who, 1);

        await admin.Go($"/p/{seeded.Project.Slug}");
        await Expect(admin.Page.GetByText(figure)).ToBeVisibleAsync();
        await Expect(admin.Page.Locator("svg.rate-chart circle, svg.label-chart rect:not([height=\"0\"])").First).ToBeVisibleAsync();
        var votes = admin.Page.Locator("section", new() { HasText = "Annotators" }).Locator("tbody td").Nth(1);
        await Expect(votes).ToHaveTextAsync("1");
        await seeded.Vote(who, 2);
        await Expect(votes).ToHaveTextAsync("3");
        await admin.Take($"dashboard-{task}", fullPage: false);
    }

    [Fact]
    public async Task A_chart_is_saved_as_a_picture_its_points_lead_to_pictures_and_paper_shows_nothing_to_press()
    {
        var seeded = await fixture.Seed("On paper", groups: 3);
        var who = await seeded.Somebody();
        await seeded.Vote(who, 2);
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go($"/p/{seeded.Project.Slug}");
        await Expect(page.Locator(".next-step")).ToContainTextAsync("1 of 3 items is still to be judged.");
        var rates = page.Locator(".figure", new() { HasText = "Rates per epoch" });
        var file = await page.RunAndWaitForDownloadAsync(() => rates.GetByRole(AriaRole.Button, new() { Name = "PNG" }).ClickAsync());
        Assert.Equal("rates.png", file.SuggestedFilename);
        var picture = Labeler.Shared.Imaging.Picture.Decode(await File.ReadAllBytesAsync(await file.PathAsync()));
        Assert.Equal(2 * (640 + 32), picture.Width);
        // Axis, letters and the line are drawn: more than the ground's one color.
        Assert.True(picture.Rgb.Chunk(3).Select(color => (color[0], color[1], color[2])).Distinct().Count() > 20);
        if (Screenshots.Wanted)
        {
            await file.SaveAsAsync(Path.Combine(Screenshots.Folder, "chart.png"));
        }
        await Expect(page.Locator(".figure", new() { HasText = "Annotators" }).GetByRole(AriaRole.Button, new() { Name = "PNG" })).ToBeHiddenAsync();

        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(page.Locator(".topbar")).ToBeHiddenAsync();
        await Expect(page.Locator(".filters")).ToBeHiddenAsync();
        await Expect(rates.Locator("svg.rate-chart")).ToBeVisibleAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Screen });

        await using (var db = await seeded.Open())
        {
            await page.Locator("select[name=who]").SelectOptionAsync(new SelectOptionValue { Label = await db.Users.Where(a => a.Id == who).Select(a => a.DisplayName).SingleAsync() });
        }
        await page.Locator(".filters button").First.ClickAsync();
        await Expect(page.GetByText("Figures of a part of the votes.")).ToBeVisibleAsync();
        await admin.Take("dashboard-filtered", fullPage: true);
        await rates.Locator("svg a").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/gallery\\?epoch=1$"));
    }

    [Fact]
    public async Task A_dashboard_that_is_open_leaves_within_half_a_minute_when_its_lead_is_disabled()
    {
        var seeded = await fixture.Seed("Seen no longer", groups: 2);
        await using var lead = await fixture.Invited("Lou", Role.Lead);
        await lead.Go($"/p/{seeded.Project.Slug}");
        await Expect(lead.Page.GetByText("No votes yet")).ToBeVisibleAsync();
        // The page is connected once it shows what came after it.
        await seeded.Vote(await seeded.Somebody(), 1);
        await Expect(lead.Page.GetByText("No votes yet")).ToBeHiddenAsync();
        await using (var db = await seeded.Open())
        {
            await db.Users.Where(a => a.UserName == "Lou").ExecuteUpdateAsync(set => set.SetProperty(a => a.LockoutEnd, DateTimeOffset.MaxValue));
        }
        await Expect(lead.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_lead_sets_a_vote_aside_with_a_reason_and_lets_it_count_again()
    {
        var seeded = await fixture.Seed("Votes that do not count", groups: 2);
        await using var lead = await fixture.Invited("Lena", Role.Lead);
        await seeded.Vote(await seeded.Somebody(), 2);

        await lead.Go($"/p/{seeded.Project.Slug}/review");
        await Expect(lead.Page.Locator(".history > li")).ToHaveCountAsync(2);
        await lead.Take("review");
        await lead.Page.GetByText("Manage").First.ClickAsync();
        await lead.Page.GetByLabel("Why should the vote not count?").First.FillAsync("pressed <b>without</b> looking");
        await lead.Page.GetByText("Set aside", new() { Exact = true }).First.ClickAsync();
        await Expect(lead.Page.GetByText("set aside: pressed <b>without</b> looking")).ToBeVisibleAsync();
        Assert.Equal(1, await Count(seeded, vote => vote.Quarantine != null));

        await lead.Go($"/p/{seeded.Project.Slug}/review?show=Quarantined");
        await Expect(lead.Page.Locator(".history > li")).ToHaveCountAsync(1);
        await lead.Page.GetByText("Let it count again").ClickAsync();
        await Expect(lead.Page.GetByText("No vote is set aside")).ToBeVisibleAsync();
        Assert.Equal(0, await Count(seeded, vote => vote.Quarantine != null));
    }

    [Fact]
    public async Task The_gallery_shows_an_epochs_images_by_verdict()
    {
        var seeded = await fixture.Seed("In the gallery", groups: 2);
        await using var admin = await fixture.Admin();
        await seeded.Vote(await seeded.Somebody(), 2);

        await admin.Go($"/p/{seeded.Project.Slug}/gallery?show=flagged");
        await Expect(admin.Page.Locator(".picture")).ToHaveCountAsync(4);
        await admin.Page.Locator("select[name=show]").SelectOptionAsync("normal");
        await admin.Page.Locator(".filters button").ClickAsync();
        await Expect(admin.Page.Locator(".picture")).ToHaveCountAsync(10);
        await admin.Take("gallery");
        await admin.Page.Locator(".picture a").First.ClickAsync();
        await Expect(admin.Page.GetByText("Where it comes from")).ToBeVisibleAsync();
        await Expect(admin.Page.Locator(".pictures .picture")).ToHaveCountAsync(6);
        await admin.Take("picture", fullPage: true);
    }

    private static ProjectSettings Settings(LabelingTask task) => task switch
    {
        LabelingTask.Score => new() { Choices = [new("0", "0", "wrong", 0), new("10", "1", "right", 10)] },
        LabelingTask.Categorise => new() { Choices = [new("Label 1", "1", "a mirror", 1), new("Label 2", "2", "none", 0)] },
        LabelingTask.PreferPair => new() { GroupSize = 2 },
        _ => new(),
    };

    private static async Task<int> Count(SeededProject seeded, System.Linq.Expressions.Expression<Func<Vote, bool>> which)
    {
        await using var db = await seeded.Open();
        return await db.Votes.Where(vote => vote.ProjectId == seeded.Project.Id).CountAsync(which);
    }
}
