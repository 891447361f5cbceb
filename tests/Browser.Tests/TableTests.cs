using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class TableTests(Browsing browsing)
{
    [Fact]
    public async Task A_table_is_sorted_filtered_and_paged_by_the_database_and_saved_as_it_is_shown()
    {
        var common = await browsing.Common;
        await using var seeded = await SeededProject.Create(common.Server.Data, "Tabulated", LabelingTask.FlagBatch, groups: 1);
        await using (var db = await seeded.Open())
        {
            for (var n = 0; n < 60; n++)
            {
                var job = Job.Queue(n % 3 == 0 ? JobKind.Train : JobKind.Evaluate, seeded.Project.Id, null, null, DateTimeOffset.UtcNow.AddMinutes(n));
                job.Cancel(DateTimeOffset.UtcNow.AddMinutes(n));
                db.Add(job);
            }
            await db.SaveChangesAsync();
        }
        await using var admin = await common.Admin();
        var page = admin.Page;
        await admin.Go("/system");
        var table = page.Locator(".data-table");
        var rows = table.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(25);

        await Filter(page, "Project", "Tabulated");
        await Expect(table.Locator("[data-total]")).ToHaveTextAsync("61");
        var first = rows.First.Locator("td").First;
        var newest = int.Parse(await first.InnerTextAsync());
        await Expect(table.Locator(".mud-table-pagination")).ToContainTextAsync("1-25 of 61");
        await table.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Expect(first).ToHaveTextAsync($"{newest - 25}");
        await table.GetByRole(AriaRole.Button, new() { Name = "Last page" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(11);

        await table.Locator("th").Filter(new() { HasText = "Job" }).First.Locator(".column-header").ClickAsync();
        await Expect(first).ToHaveTextAsync($"{newest - 60}");
        await admin.Take("system", fullPage: true);

        var file = await page.RunAndWaitForDownloadAsync(() => table.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        var lines = (await File.ReadAllLinesAsync(await file.PathAsync())).Where(line => line.Length > 0).ToArray();
        Assert.Equal(("jobs.csv", 62), (file.SuggestedFilename, lines.Length));
        Assert.StartsWith($"{newest - 60},", lines[1]);

        await Filter(page, "Error", "no such error");
        await Expect(table).ToContainTextAsync("Nothing passes these filters.");
    }

    private static async Task Filter(IPage page, string column, string text)
    {
        var header = page.Locator(".data-table th").Filter(new() { HasText = column });
        await header.HoverAsync();
        await header.Locator(".filter-button").ClickAsync();
        await page.Locator(".mud-popover-open input[type=text]:not([readonly])").FillAsync(text);
        await page.Locator(".mud-popover-open").GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
    }
}
