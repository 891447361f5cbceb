using Labeler.Shared.Accounts;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
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

        await page.Filter("Project", "tabulated");
        await Expect(table.Locator("[data-total]")).ToHaveTextAsync("61");
        var first = rows.First.Locator("td").First;
        var newest = int.Parse(await first.InnerTextAsync());
        await Expect(table.Locator(".mud-table-pagination")).ToContainTextAsync("1-25 of 61");
        await table.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Expect(first).ToHaveTextAsync($"{newest - 25}");
        await table.GetByRole(AriaRole.Button, new() { Name = "Last page" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(11);

        // Another order begins on the first page.
        await page.Sort("Job");
        await Expect(first).ToHaveTextAsync($"{newest - 60}");
        await Expect(table.Locator(".mud-table-pagination")).ToContainTextAsync("1-25 of 61");
        await admin.Take("system", fullPage: true);

        var (name, lines) = await page.SavedTable();
        Assert.Equal(("jobs.csv", 62), (name, lines.Length));
        Assert.StartsWith($"{newest - 60},", lines[1]);

        await page.Filter("Error", "no such error");
        await Expect(table).ToContainTextAsync("Nothing passes these filters.");
    }

    [Fact]
    public async Task A_table_whose_page_is_left_at_once_complains_of_nothing()
    {
        await using var admin = await (await browsing.Common).Admin();
        await admin.Go("/system");
        await Expect(admin.Page.Locator(".data-table tbody tr").First).ToBeVisibleAsync();
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Projects" }).First.ClickAsync();
        await Expect(admin.Page.Locator("h1")).ToHaveTextAsync("Projects");
        // What the table's script looks for where it comes too late, and complains of otherwise.
        await Expect(admin.Page.Locator(".mud-popover-provider")).ToHaveCountAsync(1);
        await admin.Go("/people");
        await Expect(admin.Page.Locator(".data-table tbody tr", new() { HasText = "Ada" })).ToBeVisibleAsync();
        await admin.Page.Locator(".mud-table-pagination .mud-select-input").First.ClickAsync();
        await Expect(admin.Page.Locator(".mud-popover-open")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_table_of_people_leads_to_each_and_scrolls_by_itself_on_a_phone()
    {
        var common = await browsing.Common;
        await using var seeded = await SeededProject.Create(common.Server.Data, "Peopled", LabelingTask.FlagBatch, groups: 1);
        await using (var db = await seeded.Open())
        {
            for (var n = 0; n < 30; n++)
            {
                db.Add(new Account($"zeta{n:00}", $"Zeta {n:00}", DateTimeOffset.UtcNow.AddDays(-n)) { LockoutEnd = n == 7 ? DateTimeOffset.MaxValue : null });
            }
            await db.SaveChangesAsync();
        }
        await using var admin = await common.Admin();
        var page = admin.Page;
        await admin.Go("/people");
        var table = page.Locator(".data-table");
        var rows = table.Locator("tbody tr");
        var first = rows.First.Locator("td").First;
        await Expect(first).ToHaveTextAsync("Ada");
        await page.Filter("Name", "zETA");
        await Expect(table.Locator("[data-total]")).ToHaveTextAsync("30");
        await Expect(first).ToHaveTextAsync("Zeta 00");
        await page.Sort("Since");
        await Expect(first).ToHaveTextAsync("Zeta 29");
        await table.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Expect(first).ToHaveTextAsync("Zeta 04");

        var (name, lines) = await page.SavedTable();
        Assert.Equal(("accounts.csv", 31), (name, lines.Length));
        Assert.Contains(lines, line => line.StartsWith("Zeta 07,zeta07,none,Disabled,", StringComparison.Ordinal));

        await admin.Take("people-table", fullPage: true);
        await page.SetViewportSizeAsync(390, 844);
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth"));
        Assert.True(await table.Locator(".mud-table-container").EvaluateAsync<bool>("held => held.scrollWidth > held.clientWidth"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Zeta 02" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Zeta 02");
        await admin.Take("person", fullPage: true);
        await page.GetByLabel("Role of Zeta 02").SelectOptionAsync("lead");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the role" }).ClickAsync();
        await Expect(page.Locator(".page-head")).ToContainTextAsync("lead");
    }
}
