using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>Epochs of a pair project against each other, in the ordinary queue and on the dashboard.</summary>
[Collection(nameof(Browsing))]
public sealed class BlindPairsTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    private const int Groups = 12, Evaluations = 4, People = 5;

    [Fact]
    public async Task The_dashboard_shows_how_often_an_epoch_is_preferred_to_the_one_before_and_who_has_looked_is_not_asked()
    {
        var seeded = await fixture.Seed("Blind pairs", LabelingTask.PreferPair, Groups, new() { GroupSize = 2, VotesPerItem = People, Anchors = 0 }, finish: false);
        await using var admin = await fixture.Admin();
        await Sample(seeded, epoch: 0);
        for (var person = 0; person < People; person++)
        {
            await Judge(seeded, Guid.NewGuid());
        }
        await seeded.Learn();
        await Sample(seeded, epoch: 1);
        for (var person = 0; person < People - 1; person++)
        {
            await Judge(seeded, Guid.NewGuid());
        }

        await admin.Go($"/p/{seeded.Project.Slug}");
        var wins = admin.Page.Locator("section", new() { HasText = "Preference win rate against the epoch before" });
        await Expect(wins.Locator("dt")).ToHaveTextAsync("epoch 2 against 1");
        await Expect(wins.Locator("dd")).ToContainTextAsync("100.0 %");
        await Expect(admin.Page.Locator("section", new() { HasText = "Change from the epoch it learned from" }).Locator("tbody")).ToContainTextAsync("preferred");
        await admin.Take("dashboard-wins", fullPage: true);

        // The admin looks at before and after, then labels: all that is left, and none of what would not be blind.
        await admin.Go($"/p/{seeded.Project.Slug}/gallery/before-after");
        await Expect(admin.Page.Locator(".comparison")).ToHaveCountAsync(2 * Evaluations);
        var who = await Read(seeded, db => db.Users.Where(account => account.UserName == "Ada").Select(account => account.Id).SingleAsync());
        await Judge(seeded, who);
        Assert.Equal(0, await Read(seeded, db => db.Votes.CountAsync(vote => vote.ProjectId == seeded.Project.Id && vote.AnnotatorId == who && vote.Item!.Use == ItemUse.Duel)));
        Assert.NotEqual(0, await Read(seeded, db => db.Votes.CountAsync(vote => vote.ProjectId == seeded.Project.Id && vote.AnnotatorId == who)));
        await admin.Go($"/p/{seeded.Project.Slug}/review");
        await Expect(admin.Page.GetByText("against the epoch before").First).ToBeVisibleAsync();
    }

    private static async Task Sample(SeededProject seeded, int epoch)
    {
        for (var number = 0; number < Groups; number++)
        {
            await seeded.AddGroup(number, "1 hand", Pictures(100 * epoch + number));
        }
        for (var number = 0; number < Evaluations; number++)
        {
            await seeded.AddGroup(number, "1 hand", Pictures(100 * epoch + 50 + number), GroupUse.Evaluation);
        }
        await seeded.Finish();

        Picture[] Pictures(int group) => [.. Enumerable.Range(0, 2).Select(index => DrawnPicture.Draw(seeded.Project.Id, group, index))];
    }

    /// <summary>Somebody judges all that they are given: of two epochs' pictures the newer one is better.</summary>
    private static async Task Judge(SeededProject seeded, Guid who)
    {
        while ((await seeded.Get<ItemQueue>().Take(seeded.Project.Id, who, 16, [])).Leases is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                await seeded.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, who, new PairVerdict(lease.FirstOnLeft ? PairPick.Left : PairPick.Right, lease.FirstOnLeft, true, true), 900, DateTimeOffset.UtcNow));
            }
        }
    }

    private static async Task<T> Read<T>(SeededProject seeded, Func<Labeler.Shared.Data.LabelerDb, Task<T>> read)
    {
        await using var db = await seeded.Open();
        return await read(db);
    }
}
