using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Xunit;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class PageTests(Browsing browsing)
{
    // Leaving checks what the browser complained of: a page that breaks its island, or the content security policy, fails here.
    [Fact]
    public async Task Every_page_of_the_top_bar_opens_without_a_complaint()
    {
        await using var server = await LabelerServer.Start();
        await using var seeded = await SeededProject.Create(server.Data, "Faces", LabelingTask.FlagBatch, groups: 3);
        await using var admin = await browsing.FirstAdmin(server);
        var addresses = await admin.Page.Locator(".nav a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        Assert.NotEmpty(addresses);
        foreach (var address in addresses)
        {
            Assert.Equal(200, await admin.Go($"/{address}"));
            await admin.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.Load);
            Assert.NotEqual("", await admin.Page.Locator("main").InnerTextAsync());
        }
    }
}
