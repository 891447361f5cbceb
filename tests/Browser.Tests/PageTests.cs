using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class PageTests(Browsing browsing)
{
    // Leaving checks what the browser complained of: a page that breaks its island, or the content security policy, fails here.
    [Fact]
    public async Task Every_page_of_the_top_bar_opens_without_a_complaint()
    {
        await using var admin = await (await browsing.Filled).Admin();
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
        var seen = await (await browsing.Filled).Seen;
        Assert.True(seen.All(page => page.Wide.Length == 0), string.Join('\n', seen.SelectMany(page => page.Wide)));
    }
}
