using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
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
        var who = await Account(seeded);
        await Vote(seeded, who, 1);

        await admin.Go($"/p/{seeded.Project.Slug}");
        await Expect(admin.Page.GetByText(figure)).ToBeVisibleAsync();
        await Expect(admin.Page.Locator("svg.rate-chart circle, svg.label-chart rect:not([height=\"0\"])").First).ToBeVisibleAsync();
        var votes = admin.Page.Locator("section", new() { HasText = "Annotators" }).Locator("tbody td").Nth(1);
        await Expect(votes).ToHaveTextAsync("1");
        await Vote(seeded, who, 2);
        await Expect(votes).ToHaveTextAsync("3");
        await admin.Take($"dashboard-{task}", fullPage: false);
    }

    [Fact]
    public async Task A_dashboard_that_is_open_leaves_within_half_a_minute_when_its_lead_is_disabled()
    {
        var seeded = await fixture.Seed("Seen no longer", groups: 2);
        await using var lead = await fixture.Invited("Lou", Role.Lead);
        await lead.Go($"/p/{seeded.Project.Slug}");
        await Expect(lead.Page.GetByText("No votes yet")).ToBeVisibleAsync();
        await using (var db = await seeded.Open())
        {
            await db.Users.Where(a => a.UserName == "Lou").ExecuteUpdateAsync(set => set.SetProperty(a => a.LockoutEnd, DateTimeOffset.MaxValue));
        }
        await Expect(lead.Page.GetByRole(Microsoft.Playwright.AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_lead_sets_a_vote_aside_with_a_reason_and_lets_it_count_again()
    {
        var seeded = await fixture.Seed("Votes that do not count", groups: 2);
        await using var lead = await fixture.Invited("Lena", Role.Lead);
        await Vote(seeded, await Account(seeded), 2);

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
        await Vote(seeded, await Account(seeded), 2);

        await admin.Go($"/p/{seeded.Project.Slug}/gallery?show=flagged");
        await Expect(admin.Page.Locator(".picture")).ToHaveCountAsync(4);
        await admin.Page.Locator("select[name=show]").SelectOptionAsync("normal");
        await admin.Page.Locator(".filters button").ClickAsync();
        await Expect(admin.Page.Locator(".picture")).ToHaveCountAsync(10);
        await admin.Take("gallery");
    }

    private static ProjectSettings Settings(LabelingTask task) => task switch
    {
        LabelingTask.Score => new() { Choices = [new("0", "0", "wrong", 0), new("10", "1", "right", 10)] },
        LabelingTask.Categorise => new() { Choices = [new("Label 1", "1", "a mirror", 1), new("Label 2", "2", "none", 0)] },
        LabelingTask.PreferPair => new() { GroupSize = 2 },
        _ => new(),
    };

    private static async Task<Guid> Account(SeededProject seeded)
    {
        await using var db = await seeded.Open();
        return await db.Users.Select(account => account.Id).FirstAsync();
    }

    private static async Task<int> Count(SeededProject seeded, System.Linq.Expressions.Expression<Func<Vote, bool>> which)
    {
        await using var db = await seeded.Open();
        return await db.Votes.Where(vote => vote.ProjectId == seeded.Project.Id).CountAsync(which);
    }

    /// <summary>Judges the next items: of a group two pictures are flagged.</summary>
    private static async Task Vote(SeededProject seeded, Guid who, int count)
    {
        foreach (var lease in (await seeded.Get<ItemQueue>().Take(seeded.Project.Id, who, count, [])).Leases)
        {
            Verdict verdict = seeded.Project.Task switch
            {
                LabelingTask.FlagBatch => new FlagVerdict([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, n is 1 or 4 ? FlagKinds.Deformed : FlagKinds.None, true, true))]),
                LabelingTask.PreferPair => new PairVerdict(PairPick.Left, lease.FirstOnLeft, true, true),
                LabelingTask.Rank => new RankVerdict([.. Enumerable.Range(0, 7).Select(n => new[] { n })], true, true),
                _ => new ChoiceVerdict(seeded.Project.Settings.Choices[0].Name, true, true),
            };
            await seeded.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, who, verdict, 900, DateTimeOffset.UtcNow));
        }
    }
}
