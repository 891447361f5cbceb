using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class PageTests(PageTests.Site site) : IClassFixture<PageTests.Site>
{
    // Parts of a page are drawn again when they come alive, and are folded then.
    private const string Unfolded = """
        () => {
            const folded = [...document.querySelectorAll('main details:not([open])')];
            folded.forEach(details => { details.open = true; });
            if (folded.length > 0) window.unfoldedAt = performance.now();
            return performance.now() - (window.unfoldedAt ?? -Infinity) > 1500;
        }
        """;

    // Leaving checks what the browser complained of: a page that breaks its island, or the content security policy, fails here.
    [Fact]
    public async Task Every_page_of_the_top_bar_opens_without_a_complaint()
    {
        await using var admin = await site.Admin();
        await admin.Go("/");
        var addresses = await admin.Page.Locator(".nav a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        Assert.NotEmpty(addresses);
        foreach (var address in addresses)
        {
            Assert.Equal(200, await admin.Go($"/{address}"));
            await admin.Page.WaitForLoadStateAsync(LoadState.Load);
            Assert.NotEqual("", await admin.Page.Locator("main").InnerTextAsync());
        }
    }

    [Fact]
    public async Task No_page_is_wider_than_a_phone_with_everything_unfolded()
    {
        Guid person;
        await using (var db = await site.Faces.Open())
        {
            person = await db.Users.Select(account => account.Id).FirstAsync();
            var job = await db.Jobs.FirstAsync();
            db.JobLines.Add(new JobLine(job.Id, "a line of the worker's log, longer than a phone is wide, as they often are", DateTimeOffset.UtcNow));
            await db.SaveChangesAsync();
        }
        await using var admin = await site.Admin();
        var page = admin.Page;
        await page.SetViewportSizeAsync(390, 844);
        var wide = new List<string>();
        foreach (var address in new[] { "projects", "projects/new", "p/faces/settings", "p/faces/epochs", "p/faces/compare", "p/faces", "p/faces/gallery", "p/faces/gallery/before-after", "p/faces/review", "p/faces/review/practice", "p/faces/review/votes", "label", "p/faces/label", "people", $"people/{person}", "system", "account", "photos", "compare", "compare/sheets", "compare/evaluations", "compare/evaluations/new", "compare/leaderboard", "compare/rewards" })
        {
            Assert.Equal(200, await admin.Go($"/{address}"));
            await page.WaitForFunctionAsync(Unfolded);
            var beyond = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
            if (Screenshots.OfEveryPage)
            {
                await admin.Take($"page-{address.Replace('/', '-')}", fullPage: true);
                await page.SetViewportSizeAsync(390, 844);
            }
            if (beyond > 0)
            {
                wide.Add($"{address} by {beyond} pixels");
            }
        }
        Assert.Empty(wide);
    }

    /// <summary>A server with its trainer and one project, and its admin.</summary>
    public sealed class Site(Browsing browsing) : IAsyncLifetime
    {
        private LabelerServer _server = null!;
        private string _signedIn = "";

        public SeededProject Faces { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _server = await LabelerServer.Start();
            Faces = await SeededProject.Create(_server.Data, "Faces", LabelingTask.FlagBatch, groups: 3);
            await using var admin = await browsing.FirstAdmin(_server);
            _signedIn = await admin.SignedIn();
        }

        public Task<Visitor> Admin()
        {
            var options = Browsing.Wide;
            options.StorageState = _signedIn;
            return browsing.Visit(_server, options);
        }

        public async Task DisposeAsync()
        {
            await Faces.DisposeAsync();
            await _server.DisposeAsync();
        }
    }
}
