using Labeler.Browser.Tests.Labeling;
using Labeler.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class VotesTableTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task The_votes_of_a_project_are_sorted_filtered_paged_and_saved_as_they_are_shown()
    {
        var seeded = await fixture.Seed("Votes in a table", finish: false);
        await seeded.AddGroups(30, 14);
        var who = await seeded.Somebody();
        for (var voted = 0; voted < 30; voted += 5)
        {
            await seeded.Vote(who, 5, 2000 + voted * 100);
        }
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go($"/p/{seeded.Project.Slug}/review/votes");
        var table = page.Locator(".data-table");
        var rows = table.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(25);
        await Expect(table.Locator("[data-total]")).ToHaveTextAsync("30");
        await table.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(5);

        // Slowest first, from the first page on.
        await page.Sort("Seconds");
        await Expect(rows.First).ToContainTextAsync("2.0");
        await page.Sort("Seconds");
        await Expect(rows.First).ToContainTextAsync("4.5");
        await Expect(rows).ToHaveCountAsync(25);

        await page.Filter("Prompt", "TAKE 7");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.First).ToContainTextAsync("1 hand, take 7");
        await admin.Take("votes-table", fullPage: true);
        var (name, lines) = await page.SavedTable();
        Assert.Equal(("votes.csv", 2), (name, lines.Length));
        Assert.Contains("1 hand, take 7", lines[1], StringComparison.Ordinal);

        await page.Locator("select.since").SelectOptionAsync("of the last hour");
        await Expect(rows).ToHaveCountAsync(1);
    }
}
