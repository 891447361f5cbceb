using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class PageTests(Browsing browsing)
{
    // The innermost elements that stand out to the right.
    private const string Widest = """
        () => [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + .5)
            .filter((one, _, all) => !all.some(other => other !== one && one.contains(other)))
            .map(one => `${one.tagName.toLowerCase()}.${one.getAttribute('class')} "${one.textContent.trim().slice(0, 30)}"`).slice(0, 5).join('; ')
        """;

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
        var site = await browsing.Filled;
        await using var admin = await site.Admin();
        var page = admin.Page;
        await page.SetViewportSizeAsync(390, 844);
        var wide = new List<string>();
        foreach (var address in await site.Addresses())
        {
            Assert.Equal(200, await admin.Go($"/{address}"));
            await page.Unfold();
            var beyond = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
            if (Screenshots.OfEveryPage)
            {
                await admin.Take(Named(address), fullPage: true);
                await page.SetViewportSizeAsync(390, 844);
            }
            if (beyond > 0)
            {
                wide.Add($"{address} by {beyond} pixels: {await page.EvaluateAsync<string>(Widest)}");
            }
        }
        Assert.Empty(wide);
    }

    private static string Named(string address) => $"page-{string.Concat(address.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'))}";
}
